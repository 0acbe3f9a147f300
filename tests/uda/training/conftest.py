"""A run on miniatures: two epochs of three steps unless changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mars_tree import write_mars_tree
from uda.recipes import load
from uda.training.run import train
from uda.training.session import TrainingResult

SMALL = (
    "data.size=32x16",
    "data.clip_length=2",
    "data.pad=2",
    "data.identities=2",
    "data.instances=2",
    "data.target_clips=3",
    "data.workers=0",
    "method.hidden=8",
    "training.epochs=4",
    "training.steps=3",
    "training.accelerator=cpu",
    "evaluation.every=2",
    "evaluation.frames=2",
    "monitoring.every=1",
    "monitoring.gradient_norms_every=5",
    "monitoring.features=0",
    "model.name=tiny",
)

Run = Callable[..., TrainingResult]


@pytest.fixture(scope="session")
def miniatures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Source and target trees; not to be changed."""
    folder = tmp_path_factory.mktemp("miniatures")
    return write_mars_tree(folder / "source"), write_mars_tree(folder / "target", seed=1)


@pytest.fixture
def run(tiny: str, tmp_path: Path, miniatures: tuple[Path, Path]) -> Run:
    """``run(name, *overrides, resume=..., target_root=...)`` trains into a folder of that name."""

    def start(name: str, *overrides: str, method: str = "synthetic_to_real", **more: Any):
        few = [o for o in SMALL if method == "synthetic_to_real" or not o.startswith("method.")]
        settings = load(overrides=[*few, *overrides], method=method, gpu=False)
        roots = {"source_root": miniatures[0], "target_root": miniatures[1]} | more
        return train(settings, output=tmp_path / name, progress=False, source="mars", **roots)

    return start
