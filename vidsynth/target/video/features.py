"""Features of tracklets as videos, to be compared as those of crops are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def over_time(features: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean (N, D) and standard deviation over time (M, D) of the features (T, D) of N tracklets, M
    of which have two frames or more.

    The deviation is of as many crops as there are, so compare sets with equally many a tracklet.
    """
    means = np.stack([np.mean(of, axis=0) for of in features])
    moving = [np.std(of, axis=0, ddof=1) for of in features if len(of) > 1]
    spread = np.stack(moving) if moving else np.empty((0, means.shape[1]))
    return means, spread
