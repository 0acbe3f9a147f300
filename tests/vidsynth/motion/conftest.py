import numpy as np
import pytest

from tests.vidsynth.motion.made_up_bvh import walk
from tests.vidsynth.needs import needs_anny


@pytest.fixture(scope="session")
def walk_file(tmp_path_factory):
    """Two cycles of 1.2 m in 1.1 s each, centimetres, legs of 85."""
    path = tmp_path_factory.mktemp("bvh") / "walk.bvh"
    path.write_text(walk())
    return path


@pytest.fixture(scope="session")
def captured(shared):
    """Captured motions of several origins; not to be written to."""
    folder = shared / "data/bvh"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/bvh")
    return folder


@pytest.fixture(scope="session")
def shapes():
    """(body, shape) of people of different build."""
    needs_anny()
    from vidsynth.body.model import body_model
    from vidsynth.people.sampling import sample_person

    people = [sample_person(np.random.default_rng(k), k + 1) for k in (0, 3, 5)]
    return [(person.body, body_model().shape(person.body)) for person in people]
