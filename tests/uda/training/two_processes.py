"""A run of two processes on the miniature backbone, and what each of them had.

    two_processes.py OUTPUT METHOD SOURCE_ROOT TARGET_ROOT OVERRIDE...

Fabric starts this file again for the second process. Each writes OUTPUT-RANK.pt: its ``state``
after the last step, and the tracklets of its batches, ``source`` and ``target``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from reid_models.building import MODELS

from tests.uda.miniature import TINY
from uda.batches.batch import Pair
from uda.batches.pairs import Batches
from uda.recipes import load
from uda.training.run import train
from uda.training.session import Session

seen: dict[str, list[list[int]]] = {"source": [], "target": []}
rest, save = Batches.rest, Session.save


def watched(self: Batches, *which: Any) -> Iterator[Pair]:
    for pair in rest(self, *which):
        for found, batch in zip(seen.values(), pair, strict=True):
            if batch is not None:
                found.append(batch.tracklets.tolist())
        yield pair


def main(output: Path, method: str, source: Path, target: Path, overrides: list[str]) -> None:
    def saved(self: Session, *more: Any) -> None:
        save(self, *more)
        state = {name: tensor.clone() for name, tensor in self.run.method.state_dict().items()}
        rank = self.fabric.global_rank
        torch.save({"state": state, **seen}, output.with_name(f"{output.name}-{rank}.pt"))

    torch.set_num_threads(1)
    MODELS["tiny"] = TINY
    Batches.rest, Session.save = watched, saved  # type: ignore[method-assign]
    settings = load("laptop", overrides, method=method)
    train(settings, source, target, output, progress=False, source="mars", target="mars")


if __name__ == "__main__":
    output, method, source, target, *overrides = sys.argv[1:]
    main(Path(output), method, Path(source), Path(target), overrides)
