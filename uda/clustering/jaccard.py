"""Jaccard distances of k-reciprocal encodings, sparse: what cluster-based adaptation groups by."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch

from uda.clustering.k_reciprocal import as_tensor, encode, nearest, shared_weight

ROWS = 64
"""Rows of the distance matrix in memory at once."""


def jaccard_distance(
    features: np.ndarray | torch.Tensor, k1: int = 30, k2: int = 6
) -> sp.csr_matrix:
    """Distances under 1 between features ``(N, D)``, float32 CSR ``(N, N)``; absent ones are 1.

    The diagonal is stored, as 0. For ``DBSCAN(metric="precomputed")`` with an eps under 1: absent
    neighbours are never within it. Fan et al. and Ge et al. use k1 30, k2 6 and eps 0.4 to 0.6.
    Raises ValueError for features that are not finite and for k1, k2 that fit no data.
    """
    tensor = as_tensor(features)
    check(k1, k2, len(tensor))
    neighbours = nearest(tensor, max(k1 + 1, k2))
    weights = encode(tensor, neighbours, k1, k2)
    columns = weights.tocsc()
    blocks = []
    for start in range(0, len(tensor), ROWS):
        shared = shared_weight(weights[start : start + ROWS], columns)
        rows, found = np.nonzero(shared)
        overlap = shared[rows, found]
        distance = np.maximum(1 - overlap / (2 - overlap), 0)
        distance[rows + start == found] = 0
        pointers = np.r_[0, np.bincount(rows, minlength=len(shared)).cumsum()]
        blocks.append(sp.csr_matrix((distance, found, pointers), shape=shared.shape))
    return sp.vstack(blocks, format="csr")


def check(k1: int, k2: int, count: int) -> None:
    """ValueError unless 1 <= k2 <= k1 + 1 and there is somebody to be neighbours with."""
    if not 1 <= k2 <= k1 + 1:
        raise ValueError(f"expected k1 >= 1 and 1 <= k2 <= k1 + 1, found k1={k1} and k2={k2}")
    if count < 2:
        raise ValueError(f"expected at least two items to find neighbours among, found {count}")
