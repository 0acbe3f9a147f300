"""Runs of two processes on the miniature backbone, and what each of them had.

    two_processes.py JOBS

JOBS is a JSON list. A job is a command line of `uda`, a list, or a run, an object with ``output``,
``method``, ``roots``, ``overrides`` and perhaps ``resume``. Where torchrun has not started the
second process, Fabric starts this file again for it. Of a run each process writes OUTPUT-RANK.pt:
its ``state`` after the last step, and the tracklets of its batches, ``source`` and ``target``.
Checkpoints are kept as OUTPUT-after-STEP.pt.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from reid_models.building import MODELS

from tests.uda.miniature import TINY, undrawn
from uda.batches.batch import Pair
from uda.batches.pairs import Batches
from uda.cli import app
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


def run(
    output: Path, method: str, roots: list[str], overrides: list[str], *, resume: bool = False
) -> None:
    for found in seen.values():
        found.clear()

    def saved(self: Session, *more: Any) -> None:
        save(self, *more)
        state = {name: tensor.clone() for name, tensor in self.run.method.state_dict().items()}
        rank = self.fabric.global_rank
        if not rank:
            kept = output.with_name(f"{output.name}-after-{self.run.done}.pt")
            shutil.copyfile(output / "checkpoints" / "last.pt", kept)
        torch.save({"state": state, **seen}, output.with_name(f"{output.name}-{rank}.pt"))

    Session.save = saved  # type: ignore[method-assign]
    source, target = map(Path, roots)
    settings = load("laptop-scratch", overrides, method=method)
    train(settings, source, target, output, resume, False, source="mars", target="mars")


def main(jobs: list[Any]) -> None:
    torch.set_num_threads(1)
    MODELS["tiny"] = TINY
    Batches.rest = watched  # type: ignore[method-assign]
    for job in jobs:
        Session.save = save  # type: ignore[method-assign]
        with suppress(SystemExit), undrawn():  # of all processes but the first, in the end
            if isinstance(job, list):
                app(job, standalone_mode=False)
            else:
                run(**job | {"output": Path(job["output"])})


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
