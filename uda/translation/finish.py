"""The end of a style transfer: the translated tree, and what is said of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from reid_models.translation.generator import Generator
from torch import nn

from uda.files import write_json
from uda.monitor.console import progress_bar
from uda.training.interrupt import StopRequest
from uda.training.session import Interrupted
from uda.translation.distances import Distance
from uda.translation.settings import Settings
from uda.translation.tree import Tree
from uda.translation.writing import Written, write_tree

TREE = "translated"
"""The folder of a run that the translated benchmark lies in."""

Identity = dict[str, dict[str, Any]]
"""What `uda.batches.domains.describe` says of source and targets."""


@dataclass(frozen=True)
class TranslationResult:
    """What a finished style transfer leaves. ``minutes`` counts this call."""

    output: Path
    written: Written
    distances: Sequence[Distance]
    minutes: float


def write_translated(
    settings: Settings,
    generator: Generator,
    tree: Tree,
    identity: Identity,
    output: Path,
    *,
    device: torch.device,
    progress: bool,
    stop: StopRequest,
) -> Written:
    """Writes a tree as a generator shows it to ``output``/translated, or what is missing of it.

    Raises:
        Interrupted: after SIGINT or SIGTERM; the same call goes on.
        RunError, DatasetError: as `write_tree` does.
    """
    translation: dict[str, Any] = {
        "method": settings.method.name,
        "generator": weights_mark(generator),
        "output": settings.output.model_dump(mode="json"),
        "size": list(settings.pictures.size),
        **{name: _named(each) for name, each in identity.items()},
    }
    with progress_bar("translating", "pictures", show=progress) as watch:
        written = write_tree(
            tree,
            generator,
            settings,
            output / TREE,
            translation,
            device=device,
            progress=watch,
            stopped=lambda: stop.requested,
        )
    if written is None:
        raise Interrupted(
            f"Stopped while translating; what is done is in {output / TREE}.part. Continue with "
            "the same command and --resume."
        )
    return written


def write_result(
    settings: Settings,
    tree: Tree,
    identity: Identity,
    output: Path,
    written: Written,
    distances: Sequence[Distance],
    began: float,
) -> TranslationResult:
    """Writes result.json. ``began`` is `time.perf_counter`'s."""
    minutes = (time.perf_counter() - began) / 60
    write_json(
        output / "result.json",
        {
            "method": settings.method.name,
            "seed": settings.training.seed,
            "tree": str(written.root),
            "pictures": written.pictures,
            "left_out": tree.left_out,
            "flicker": written.flicker,
            "distances": [asdict(distance) for distance in distances],
            "minutes": round(minutes, 2),
            "config": settings.model_dump(mode="json"),
            **identity,
        },
    )
    return TranslationResult(output, written, distances, minutes)


def weights_mark(network: nn.Module) -> str:
    """SHA-256 of a network's weights, 16 digits."""
    digest = hashlib.sha256()
    for weight in network.state_dict().values():
        digest.update(weight.cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def _named(identity: dict[str, Any]) -> dict[str, Any]:
    return {key: identity[key] for key in ("name", "tracklets", "names_sha256")}
