"""Groups of target tracklets that are taken for identities (Fan et al., 2018; Ge et al., 2020)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.cluster import DBSCAN

from uda.clustering.jaccard import jaccard_distance

OUTLIER = -1
"""The group of a tracklet that is near no core tracklet."""


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
