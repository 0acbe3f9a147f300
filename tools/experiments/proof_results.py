"""Results of `proof.py` as figures that can be kept: what a row scored, gained and cost."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from questions import Row
from scoring import HALF, STATISTICS, scored
from tables import gain_of, scores_of
from trainings import Target, Training

from uda.evaluation.paired import Gain

KEPT = ("rank_1", "mAP")


def is_complete(row: Row) -> bool:
    """Whether all of its trainings have scores on all of its targets."""
    return all(scored(run, target) for run in row.runs for target in row.targets)


def figures(row: Row, others: Mapping[str, Row]) -> dict[str, Any]:
    """What is kept of a row that is complete; gains over those of ``others`` that it is over."""
    last = row.runs[-1]
    return {
        "seeds": len(row.runs),
        "cpu_minutes": round(statistics.mean(run.cpu_minutes for run in row.runs), 1),
        "peak_gib": round(max(run.peak_gib for run in row.runs), 1),
        "settings": list(last.settings),
        "targets": {
            target.name: _on_target(
                target, row.runs, {name: others[name].runs for name in row.over if name in others}
            )
            for target in row.targets
        },
    }


def _on_target(
    target: Target, runs: Sequence[Training], over: Mapping[str, Sequence[Training]]
) -> dict[str, Any]:
    scores = scores_of(target, runs)
    first = scores[0]["running"]
    asked = zip(first["person_id"], first["average_precision"], strict=True)
    people = [person for person, precision in asked if precision is not None]
    found: dict[str, Any] = {"queries": len(people), "people": len(set(people))}
    for whose in STATISTICS:
        found[whose] = {}
        for score in KEPT:
            values = [100 * each[whose][score] for each in scores]
            found[whose][score] = [round(value, 2) for value in values]
    found[HALF]["gains"] = {}
    for name, others in over.items():
        gain = gain_of(scores, HALF, scores_of(target, others), HALF)
        values = [100 * value for value in (gain.mean, gain.low, gain.high)]
        found[HALF]["gains"][name] = [round(value, 2) for value in values]
    return found


def gain(found: Mapping[str, Any], whose: str, over: str, seeds: int) -> Gain | None:
    """A gain that was kept for one target."""
    if over not in found[whose]["gains"]:
        return None
    mean, low, high = (value / 100 for value in found[whose]["gains"][over])
    return Gain(mean, low, high, found["people"], found["queries"], seeds)


def machine() -> dict[str, str]:
    """Where the figures come from, as others can compare it."""
    import torch

    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].partition(":")[2].strip() if names else processor
    return {
        "processor": processor,
        "cores": str(len(os.sched_getaffinity(0))),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "torch": torch.__version__.partition("+")[0],
    }
