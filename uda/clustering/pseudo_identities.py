"""Groups of target tracklets that are taken for identities (Fan et al., 2018; Ge et al., 2020)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.cluster import DBSCAN

from uda.clustering.jaccard import jaccard_distance
from uda.clustering.spaces import Space

OUTLIER = -1
"""The group of a tracklet that is near no core tracklet."""


def nearest_pairs(
    items: torch.Tensor | Space, *, k1: int, k2: int, original: float, share: float
) -> tuple[np.ndarray, float]:
    """Groups 0..C-1, int64 ``(N,)``, of re-ranked distances, and the radius that was used.

    As in Li and Zhang, ECCV 2020: the radius is the mean of the smallest ``share`` of all distances
    between two items, and a single item is a group. ``original`` is re-ranking's lambda. Distances
    of pairs without a common neighbour are not counted: the smallest are never among them.
    """
    count = len(items)
    if count < 2:
        return np.arange(count), 0.0
    k1 = min(k1, count - 1)
    distance = jaccard_distance(items, k1, min(k2, k1 + 1), original=original)
    stored = np.sort(distance.data[distance.data > 0])
    smallest = stored[: max(1, round(share * count * (count - 1)))]
    eps = float(smallest.mean()) if len(smallest) else 0.0
    # Absent pairs are at least so far.
    eps = float(np.clip(eps, np.finfo(np.float32).tiny, 1 - original - 1e-6))
    dbscan = DBSCAN(eps=eps, min_samples=1, metric="precomputed")
    return dbscan.fit_predict(distance).astype(np.int64), eps


def pseudo_identities(
    features: torch.Tensor,
    *,
    k1: int,
    k2: int,
    eps: Sequence[float],
    min_samples: int,
    spcl: bool = False,
) -> list[np.ndarray]:
    """Groups 0..C-1 or `OUTLIER` for features ``(N, D)`` of length 1, int64 ``(N,)`` for each eps.

    DBSCAN on the sparse Jaccard distance of k-reciprocal encodings. A target of few tracklets has
    fewer neighbours than ``k1``: then as many are used as there are. ``spcl``: encoded as
    `uda.clustering.k_reciprocal.encode` says.
    """
    count = len(features)
    if count < 2:
        return [np.full(count, OUTLIER) for _ in eps]
    k1 = min(k1, count - 1)
    distance = jaccard_distance(features, k1, min(k2, k1 + 1), spcl=spcl)
    found = (DBSCAN(eps=radius, min_samples=min_samples, metric="precomputed") for radius in eps)
    return [dbscan.fit_predict(distance).astype(np.int64) for dbscan in found]
