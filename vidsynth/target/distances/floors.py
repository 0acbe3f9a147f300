"""The noise floor of a distance: what it is between two halves of the same target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SPLITS = 20


@dataclass(frozen=True)
class Floor:
    """Mean and 95 % quantile of a distance between random halves."""

    mean: float
    high: float

    def matched(self, distance: float) -> bool:
        """Whether a distance is within two floors: as close as anybody can tell."""
        return distance <= 2 * self.mean


def half_split_floor(
    distance: Callable[[np.ndarray, np.ndarray], float],
    groups: np.ndarray,
    *,
    splits: int = SPLITS,
    seed: int = 0,
) -> Floor:
    """Floor of ``distance(rows, other_rows)`` over random halves of the groups (tracklets) that
    rows (N,) belong to. Raises ValueError for fewer than four groups."""
    names, places = np.unique(groups, return_inverse=True)
    if len(names) < 4:
        raise ValueError(f"expected four tracklets or more to split, found {len(names)}")
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(splits):
        chosen = np.zeros(len(names), bool)
        chosen[rng.permutation(len(names))[: len(names) // 2]] = True
        half = chosen[places]
        found.append(distance(np.flatnonzero(half), np.flatnonzero(~half)))
    return Floor(float(np.mean(found)), float(np.quantile(found, 0.95)))


def tracklet_weights(groups: np.ndarray) -> np.ndarray:
    """Weights (N,) of rows, adding up to 1, with which each group weighs the same."""
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / (counts[places] * len(counts))
