"""A painted set that says it was rendered by Blender."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.vidsynth.run.test_local import painted
from tests.vidsynth.shared_sets import made_once
from vidsynth.run.production import RENDERER


@pytest.fixture
def rendered(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """To be changed by one test."""
    finished, _ = made_once(tmp_path_factory, "finished", painted)
    root = Path(shutil.copytree(finished, tmp_path / "walkers"))
    redescribe(root, renderer=RENDERER)
    return root


def redescribe(root: Path, **changed: object) -> None:
    """Changes what dataset.json says."""
    description = json.loads((root / "dataset.json").read_text()) | changed
    (root / "dataset.json").write_text(json.dumps(description))
