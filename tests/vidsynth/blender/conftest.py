"""One Blender for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from types import SimpleNamespace

import pytest

from tests.vidsynth.blender.filming import ALONE, film
from vidsynth.planning.shot import Shot

Film = Callable[[str, Shot], list[SimpleNamespace]]


@pytest.fixture(scope="session")
def blender() -> Iterator[ProcessPoolExecutor]:
    """A process to call into; Blender can be neither forked nor loaded twice."""
    for package in ("bpy", "anny"):
        if find_spec(package) is None:
            pytest.skip(f"needs {package}")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="session")
def render(blender: ProcessPoolExecutor) -> Film:
    """``render(quality, shot)``: the shot's crops."""
    return lambda quality, scene: blender.submit(film, quality, scene).result()


@pytest.fixture(scope="session")
def alone(render: Film) -> SimpleNamespace:
    """The one crop of ALONE."""
    return render("fast", ALONE)[0]
