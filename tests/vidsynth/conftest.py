"""What tests of several rooms need: a renderer in place of Blender, a few bodies and people."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from vidsynth.people.sampling import sample_person

PAINTER = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def _workers_find_the_painter():
    inherited = os.environ.get("PYTHONPATH")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PAINTER))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(PAINTER), inherited])))
        yield


@pytest.fixture(scope="session")
def model():
    """The body model; its first use on a machine takes about a minute."""
    needs_anny()
    from vidsynth.body.model import body_model

    return body_model()


@pytest.fixture(scope="session")
def anatomy(model):
    from vidsynth.body.anatomy import anatomy

    return anatomy()


@pytest.fixture(scope="session")
def people():
    return [sample_person(np.random.default_rng(k), k + 1) for k in range(6)]


@pytest.fixture(scope="session")
def dressed(model, people):
    """(person, shape, figure) of each of the people."""
    from vidsynth.people.figure import dress

    shapes = [model.shape(person.body) for person in people]
    return [(p, shape, dress(p, shape)) for p, shape in zip(people, shapes, strict=True)]
