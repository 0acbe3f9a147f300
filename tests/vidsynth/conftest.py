"""Tests and their worker processes find the renderer that stands in for Blender."""

import os
from pathlib import Path

import pytest

PAINTER = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def _workers_find_the_painter():
    inherited = os.environ.get("PYTHONPATH")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PAINTER))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(PAINTER), inherited])))
        yield
