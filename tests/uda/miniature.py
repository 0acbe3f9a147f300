"""Runs on miniatures: four epochs of three steps unless changed, a second each on a processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reid_models.building import Architecture
from torch import nn

from uda.config import Config
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
    "evaluation.beside=[]",
    "evaluation.statistics=running",
    "monitoring.every=1",
    "monitoring.gradient_norms_every=5",
    "monitoring.features=0",
    "model.name=tiny",
)
FEW = tuple(override for override in SMALL if not override.startswith("method."))
"""Of a method that has no domain classifiers."""

Run = Callable[..., TrainingResult]


def backbone() -> nn.Sequential:
    """So small that a whole training run takes a second."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 5, stride=4, padding=2, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 12, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(12),
    )


TINY = Architecture(backbone, 12, (32, 16))


def settings(method: str, *overrides: str) -> Config:
    """The laptop recipe made small, whatever this machine has."""
    few = SMALL if method == "synthetic_to_real" else FEW
    return load("laptop-scratch", [*few, *overrides], method=method)


@contextmanager
def undrawn() -> Iterator[None]:
    """Pictures of evaluations stay blank: drawing them takes four fifths of a miniature run."""
    blank = Image.new("RGB", (8, 8))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("cmc", "distances"):
            patch.setattr(f"uda.monitor.monitor.{name}", lambda curves: curves)
        patch.setattr("uda.monitor.monitor.as_image", lambda figure: blank)
        patch.setattr("uda.training.session.draw", lambda split, evaluation: blank)
        yield


def train_small(
    output: Path,
    roots: tuple[Path, Path],
    *overrides: str,
    method: str = "synthetic_to_real",
    drawn: bool = False,
    **more: Any,
) -> TrainingResult:
    """A run into ``output`` from the source to the target in ``roots``; see `undrawn`."""
    places = {"source_root": roots[0], "target_root": roots[1], "source": "mars"} | more
    with nullcontext() if drawn else undrawn():
        return train(settings(method, *overrides), output=output, progress=False, **places)
