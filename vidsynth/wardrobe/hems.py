"""Keeps the hems of coats and dresses level.

They are skinned to both legs, so that a stride alone would lift the hem before and behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

_HIPS, _FREE = 0.45, 0.25
"""Heights, statures: above the first, cloth lies on the body; below the second it hangs."""

_BAND = 0.012
_SHARE = 0.3
"""Of what a vertex is off the mean height of its level, how much hanging takes back: with more of
it, calves would come out behind."""


@dataclass(frozen=True, eq=False)
class Hem:
    """The part of a garment that hangs free of the legs.

    ``rows`` (K,) are its vertices in a figure. Their heights, once posed, become ``mix`` (K, K)
    times what they were, plus ``offset`` (K,) metres.
    """

    rows: np.ndarray
    mix: sparse.csr_matrix
    offset: np.ndarray

    def straighten(self, points: np.ndarray) -> None:
        """Evens the heights of posed vertices (N, 3), metres, in place."""
        points[self.rows, 2] = self.mix @ points[self.rows, 2] + self.offset


def free_hem(rest: np.ndarray, rows: np.ndarray, stature: float) -> Hem | None:
    """The hem of the vertices ``rows`` of ``rest`` (N, 3), statures; None: it ends at the hips.

    ``stature`` of who wears it, metres.
    """
    height = rest[rows, 2]
    rows, height = rows[height < _HIPS], height[height < _HIPS]
    if not len(rows):
        return None
    freedom = _SHARE * np.interp(height, (_FREE, _HIPS), (1.0, 0.0))
    gap = (height[:, None] - height) / _BAND
    near = np.where(np.abs(gap) < 2.5, np.exp(-0.5 * gap**2), 0.0)
    level = near / near.sum(1, keepdims=True)
    mix = sparse.csr_matrix(freedom[:, None] * level) + sparse.diags(1 - freedom)
    # At its very edge a hem has neighbours above alone.
    offset = stature * freedom * (height - level @ height)
    return Hem(rows, mix.tocsr(), offset)
