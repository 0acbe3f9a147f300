"""What a comparison found: Markdown tables, and what can and cannot be concluded."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scoring import HALF, STATISTICS, file_of
from trainings import CONTROL, Target, Training

from uda.evaluation.paired import Gain, paired_gain

BY_CAMERA = "half camera, half target statistics"

Scores = list[dict[str, Any]]
"""What `scoring.write_scores` wrote, of each seed."""


def of_target(target: Target, start: str, runs: Sequence[Training]) -> Iterator[str]:
    """Scores of each row on one target, and each row's gain over the control."""
    found = {row: scores_of(target, some) for row, some in _by_row(target, start, runs).items()}
    if not found:
        return
    yield (
        "| method | rank-1 | mAP as trained | target | camera alone | by camera | gain "
        "| gain, by camera | CPU-min | GiB |"
    )
    yield "|---" * 10 + "|"
    for row, scores in found.items():
        cells = [spread(scores, "running", "rank_1")]
        cells += [spread(scores, whose, "mAP") for whose in STATISTICS]
        for whose in ("running", HALF):
            gain = gain_of(scores, whose, found[CONTROL], whose) if row != CONTROL else None
            cells.append(bold(gain) if gain else "")
        own = _by_row(target, start, runs)[row]
        cells.append(f"{statistics.mean(run.cpu_minutes for run in own):.1f}")
        cells.append(f"{max(run.peak_gib for run in own):.1f}")
        yield f"| `{row}` | " + " | ".join(cells) + " |"


def overview(start: str, targets: Sequence[Target], runs: Sequence[Training]) -> Iterator[str]:
    """All methods on all targets in two tables: scores, and gains over the control by camera."""
    found = {target: _by_row(target, start, runs) for target in targets}
    rows = list(dict.fromkeys(row for some in found.values() for row in some))
    heads = " | ".join(target.name for target in targets)
    yield f"| as trained / camera alone / by camera | {heads} | CPU-min | GiB |"
    yield "|---" * (len(targets) + 3) + "|"
    for row in rows:
        cells = []
        for target in targets:
            scores = scores_of(target, found[target][row])
            sides = ("running", "camera", HALF)
            cells.append(" / ".join(spread(scores, whose, "mAP") for whose in sides))
        own = [run for target in targets for run in found[target][row]]
        cells.append(f"{statistics.mean(run.cpu_minutes for run in own):.1f}")
        cells.append(f"{max(run.peak_gib for run in own):.1f}")
        yield f"| `{row}` | " + " | ".join(cells) + " |"
    yield ""
    yield f"| gain over `{CONTROL}`, by camera | {heads} |"
    yield "|---" * (len(targets) + 1) + "|"
    for row in rows:
        if row == CONTROL:
            continue
        gains = [
            gain_of(
                scores_of(target, found[target][row]),
                HALF,
                scores_of(target, found[target][CONTROL]),
                HALF,
            )
            for target in targets
        ]
        yield f"| `{row}` | " + " | ".join(bold(gain) for gain in gains) + " |"


def conclusions(target: Target, start: str, runs: Sequence[Training]) -> Iterator[str]:
    """A plain sentence for each row, and two for the statistics alone."""
    found = {row: scores_of(target, some) for row, some in _by_row(target, start, runs).items()}
    if CONTROL not in found:
        return
    control = found[CONTROL]
    for whose, words in (("camera", "statistics of each camera alone"), (HALF, BY_CAMERA)):
        yield gain_of(control, whose, control, "running").sentence(
            f"{CONTROL} under {words}", f"{CONTROL} as trained"
        )
    for row, scores in found.items():
        if row != CONTROL:
            yield gain_of(scores, HALF, control, HALF).sentence(
                f"{row} under {BY_CAMERA}", f"{CONTROL} under the same"
            )


def direct(target: Target, starts: Sequence[str], runs: Sequence[Training]) -> Iterator[str]:
    """Direct transfer of what has seen no target at all, start by start."""
    yield "| start | method | rank-1 | mAP | rank-1, by camera | mAP, by camera |"
    yield "|---" * 6 + "|"
    for start in starts:
        for row, some in _by_row(target, start, [r for r in runs if not r.target]).items():
            scores = scores_of(target, some)
            cells = [
                spread(scores, whose, score)
                for whose in ("running", HALF)
                for score in ("rank_1", "mAP")
            ]
            yield f"| {start} | `{row}` | " + " | ".join(cells) + " |"


def _by_row(target: Target, start: str, runs: Sequence[Training]) -> dict[str, list[Training]]:
    """Second stages of one start that were adapted to this target or to none, seed by seed."""
    found: dict[str, list[Training]] = {}
    for run in runs:
        if run.after and run.start == start and run.target in (None, target):
            found.setdefault(run.row, []).append(run)
    return found


def scores_of(target: Target, runs: Sequence[Training]) -> Scores:
    """Those of trainings on a target, seed by seed."""
    return [json.loads(file_of(run, target).read_text()) for run in runs]


def gain_of(one: Scores, whose: str, other: Scores, others: str) -> Gain:
    """The paired gain of one row over another, each under its choice of statistics. ValueError:
    they were not tested on the same queries."""
    people = one[0][whose]["person_id"]
    asked = [scores[whose] for scores in one] + [scores[others] for scores in other]
    if any(scores["person_id"] != people for scores in asked):
        raise ValueError(
            "expected scores on the same queries, found others: the target was made anew after "
            "some of them. Delete these trainings' folders `scores`, and test them again"
        )
    return paired_gain(
        [_precision(scores[whose]) for scores in one],
        [_precision(scores[others]) for scores in other],
        np.array(people),
    )


def _precision(scores: dict[str, Any]) -> np.ndarray:
    return np.array([np.nan if ap is None else ap for ap in scores["average_precision"]])


def spread(scores: Scores, whose: str, score: str) -> str:
    """``mean ± deviation`` over seeds, in percent."""
    return mean_and_deviation([each[whose][score] for each in scores])


def mean_and_deviation(values: Sequence[float]) -> str:
    """Of values in 0..1, in percent; the deviation, with one degree of freedom less, is of several
    values alone."""
    percent = [100 * value for value in values]
    deviation = f" ± {statistics.stdev(percent):.1f}" if len(percent) > 1 else ""
    return f"{statistics.mean(percent):.1f}{deviation}"


def bold(gain: Gain) -> str:
    """A gain as a cell, set off where its interval leaves 0 out."""
    return f"**{gain}**" if gain.concluded else str(gain)
