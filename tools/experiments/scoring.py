"""Scores of a training's weights: every target, every choice of batch-norm statistics."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from trainings import Target, Training, run_command

from uda.evaluation.benchmark import Row
from uda.features.extractor import Choices

HALF = "half"
STATISTICS = ("running", "target", "camera", HALF)
"""Those of training; of the target's unlabelled training clips; of each of its cameras' alone; and
half of each camera's, half of the target's, which is meant by "by camera" where nothing is said."""

FRAMES = {"synthetic": "2"}
"""Of a tracklet, evenly spread: as many as the rendered targets have, else `FEW`."""
FEW = "8"
"""Of real tracklets, which can have hundreds."""


def file_of(run: Training, target: Target) -> Path:
    """Where a training's scores on a target are kept."""
    return run.output / "scores" / f"{target.name}.json"


def scored(run: Training, target: Target) -> bool:
    """Whether a training has scores on a target, under all choices of statistics."""
    file = file_of(run, target)
    return file.exists() and set(STATISTICS) <= set(json.loads(file.read_text()))


def score(pairs: Sequence[tuple[Training, Target]], jobs: int) -> None:
    """Those that lack scores, ``jobs`` at a time, each in a process of its own."""
    waiting = [(run, target) for run, target in pairs if not scored(run, target)]

    def one(pair: tuple[Training, Target]) -> None:
        run, target = pair
        place = file_of(run, target)
        place.parent.mkdir(exist_ok=True)
        asked = [run.checkpoint, target.data, target.root, place]
        command = [sys.executable, __file__, *map(str, asked)]
        command += ["--by-camera"] if run.by_camera else []
        run_command(command, place.with_suffix(".log"))
        found = json.loads(place.read_text())
        shown = ", ".join(f"{whose} {100 * found[whose]['mAP']:.1f}" for whose in STATISTICS)
        print(f"{run.output} on {target.name}: mAP {shown}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, waiting))


def write_scores(
    checkpoint: Path,
    data: str,
    root: Path,
    place: Annotated[Path, typer.Argument(help="JSON file to write.")],
    by_camera: Annotated[
        bool, typer.Option("--by-camera", help="The model has camera statistics alone.")
    ] = False,
) -> None:
    """Rank one benchmark under all choices of statistics; keep every query's AP.

    With `--by-camera` those of cameras alone stand for the first three. What is there is kept.
    """
    from uda.evaluation.of_checkpoint import evaluate
    from uda.files import write_json

    found: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    for whose in ("camera", HALF) if by_camera else STATISTICS:
        if whose in found:
            continue
        (row,) = evaluate(checkpoint, {data: root}, chosen(whose, data))
        found[whose] = as_scored(row)
    write_json(place, {whose: found.get(whose, found["camera"]) for whose in STATISTICS})


def chosen(whose: str, data: str) -> Choices:
    """How features of a benchmark are extracted under one of `STATISTICS`."""
    frames = FRAMES.get(data, FEW)
    if whose == "running":
        return Choices(statistics=whose, frames=frames)
    # Without a training half (VIPeR's ten halves) they come from the test clips.
    if whose == "target":
        return Choices(statistics=whose, estimated_on="train", frames=frames)
    share = 0.5 if whose == HALF else 1.0
    return Choices(statistics="camera", estimated_on="train", camera_share=share, frames=frames)


def as_scored(row: Row) -> dict[str, Any]:
    """Scores of one benchmark with the average precision of every query, None without a match."""
    precision = np.concatenate([each.result.per_query_ap for each in row.evaluations])
    return row.scores() | {
        "person_id": [query.person_id for split in row.splits for query in split.query],
        "average_precision": [None if np.isnan(ap) else float(ap) for ap in precision],
    }


if __name__ == "__main__":
    typer.run(write_scores)
