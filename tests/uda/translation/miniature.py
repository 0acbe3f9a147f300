"""Style transfers in miniature: two epochs of three steps, seconds each on a processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uda.translation.domains import Named
from uda.translation.finish import TranslationResult
from uda.translation.reading import load
from uda.translation.run import translate
from uda.translation.settings import Settings

SMALL = (
    "pictures.size=32x16",
    "pictures.enlarged=36x18",
    "pictures.batch=2",
    "pictures.workers=0",
    "networks.width=4",
    "networks.blocks=1",
    "networks.gives=picture",
    "networks.discriminator_width=4",
    "networks.halvings=1",
    "training.epochs=2",
    "training.steps=3",
    "training.buffer=3",
    "training.accelerator=cpu",
    "output.batch=8",
    "output.compared=0",
    "monitoring.every=1",
    "monitoring.samples=2",
    "monitoring.loggers=[]",
)


def settings(method: str, *overrides: str) -> Settings:
    """The laptop recipe made small, whatever this machine has."""
    sizes = ("pictures.size=64x32", "pictures.enlarged=72x36") if method == "spgan" else ()
    early = ("method.siamese_after=0", "method.contrastive_after=0.5") if method == "spgan" else ()
    return load("laptop", [*SMALL, *sizes, *early, *overrides], method=method)


def translate_small(
    output: Path,
    source: Path,
    targets: Path | Sequence[Path],
    *overrides: str,
    method: str = "cyclegan",
    data: str = "synthetic",
    **more: Any,
) -> TranslationResult:
    """A style transfer from a rendered set to MARS trees."""
    places = [targets] if isinstance(targets, Path) else targets
    named = [Named("mars", place) for place in places]
    how = settings(method, *overrides)
    return translate(how, Named(data, source), named, output, progress=False, **more)
