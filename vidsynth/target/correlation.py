"""How quantities of tracklets go together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

STEP = 0.01
"""Correlations are rounded to it: one of 1,000 tracklets moves them by less."""


def spearman(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Spearman's rank correlation (K, K) of K quantities, each with a number a tracklet (T,).

    A tracklet without a number ranks in the middle; a quantity without variety goes with nothing.
    """
    ranks = []
    for values in columns.values():
        there = np.isfinite(values)
        rank = np.zeros(len(values))
        if there.any():
            own = rankdata(values[there])
            rank[there] = (own - own.mean()) / len(own)
        ranks.append(rank)
    table = np.array(ranks)
    length = np.linalg.norm(table, axis=1)
    unit = table / np.where(length > 1e-9, length, np.inf)[:, None]
    found = np.clip(np.round(unit @ unit.T / STEP) * STEP, -1, 1)
    np.fill_diagonal(found, 1.0)
    return np.round(found, 2)
