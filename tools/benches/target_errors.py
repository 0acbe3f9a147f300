"""Row 1: errors of estimates of people and places that were held out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from benches.target import Row

from vidsynth.target.estimators import Estimators
from vidsynth.target.pool import Pool

LIMITS = {
    "depression": 6.0, "log_height": 0.10, "gamma": 0.20, "blur": 0.22, "noise": 1.2,
    "jpeg_quality": 8.0, "red_gain": 0.08, "azimuth": 35.0,
}  # fmt: skip
"""Mean absolute errors; of azimuth the median."""
_OCCLUDER = 0.90


def rows(found: Estimators, pool: Pool) -> Iterator[Row]:
    """A row for each quantity with a limit."""
    for name, limit in LIMITS.items():
        trust = found.trust[name]
        what = "median error" if name == "azimuth" else "mean error"
        yield Row(
            1,
            f"{what} of {name} at most {limit:g}, of {len(np.unique(pool.identity))} people",
            f"{trust.mae:.3g} (R2 {trust.r2:.2f}, guess {trust.guess:.3g})",
            trust.mae <= limit,
        )
    auc = found.trust["occluder"].auc
    yield Row(1, f"AUC of occluders at least {_OCCLUDER:g}", f"{auc:.3f}", auc >= _OCCLUDER)
