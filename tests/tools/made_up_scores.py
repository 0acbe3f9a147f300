"""Scores and costs as `tools/experiments/scoring.py` and `trainings.py` write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_scores(place: Path, better: float) -> None:
    """Scores of 12 people with two queries each, some without a match."""
    found: dict[str, Any] = {}
    for whose, mean in (("running", 0.4), ("target", 0.45), ("camera", 0.5), ("half", 0.55)):
        precision = [None if n == 5 else mean + better for n in range(24)]
        found[whose] = {
            "rank_1": 0.5 + better,
            "mAP": mean + better,
            "person_id": [n // 2 for n in range(24)],
            "average_precision": precision,
        }
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(found))


def costs(seconds: float) -> str:
    """Of one call that took so much CPU time, and 1.5 GiB."""
    return json.dumps([{"cpu_s": seconds, "peak_kib": 1.5 * 2**20}])
