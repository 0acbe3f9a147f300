"""Which attributes of a target's tracklets a checkpoint tells, tracklet by tracklet."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import typer
from scoring import HALF, chosen
from trainings import Target, Training, run_command

WHOSE = ("running", HALF)
"""Batch-norm statistics, as `scoring.STATISTICS` has them."""

Recognised = dict[str, dict[str, Any]]
"""By statistics: ``scores``, and of each tracklet its ``person_id`` and ``told``, the share of its
attributes that were told rightly."""


def file_of(run: Training, target: Target) -> Path:
    """Where it is kept what a training recognises on a target."""
    return run.output / "recognised" / f"{target.name}.json"


def recognised(run: Training, target: Target) -> Recognised:
    """What `recognise` found."""
    return json.loads(file_of(run, target).read_text())


def recognise(pairs: Sequence[tuple[Training, Target]], jobs: int) -> None:
    """Those that are not there, ``jobs`` at a time, each in a process of its own."""

    def one(pair: tuple[Training, Target]) -> None:
        run, target = pair
        place = file_of(run, target)
        place.parent.mkdir(exist_ok=True)
        asked = [run.checkpoint, target.data, target.root, place]
        run_command([sys.executable, __file__, *map(str, asked)], place.with_suffix(".log"))
        found = recognised(run, target)
        shown = ", ".join(
            f"{whose} {100 * found[whose]['scores']['accuracy']:.1f}" for whose in WHOSE
        )
        print(f"{run.output} on {target.name}: mean accuracy {shown}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, [pair for pair in pairs if not file_of(*pair).exists()]))


def write_recognised(checkpoint: Path, data: str, root: Path, place: Path) -> None:
    """Recognise a benchmark's attributes under each choice of statistics, into a JSON file."""
    from uda.evaluation.attributes_of_checkpoint import evaluate_attributes
    from uda.files import write_json

    found: Recognised = {}
    for whose in WHOSE:
        (row,) = evaluate_attributes(checkpoint, {data: root}, chosen(whose, data))
        right = [
            told_rightly(labels, row.probabilities[name])
            for name, labels in row.known.labels.items()
        ]
        shares = np.nanmean(np.stack(right), axis=0)  # something is known of each tracklet
        found[whose] = {
            "scores": row.scores.as_json(),
            "person_id": [tracklet.person_id for tracklet in row.tracklets],
            "told": shares.tolist(),
        }
    write_json(place, found)


def told_rightly(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(N,) 1 where the likeliest class is the label, 0 where not, NaN where it is unknown (-1)."""
    return np.where(labels < 0, np.nan, probabilities.argmax(1) == labels)


if __name__ == "__main__":
    typer.run(write_recognised)
