"""Jaccard distances of k-reciprocal encodings, sparse: what cluster-based adaptation groups by."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch

from uda.clustering.k_reciprocal import encode, nearest, parts, shared_weight
from uda.clustering.spaces import Space, SquaredEuclidean

ROWS = {"cpu": 2**20, "cuda": 2**26}
"""Entries of the distance matrix in memory at once."""


def jaccard_distance(
    items: np.ndarray | torch.Tensor | Space,
    k1: int = 30,
    k2: int = 6,
    *,
    spcl: bool = False,
    original: float = 0.0,
) -> sp.csr_matrix:
    """Jaccard distances under 1 between features ``(N, D)``, or between N items of a space.

    Float32 CSR ``(N, N)``; absent ones are 1. ``original`` is the share that the distance itself,
    divided by the largest of its row, has in those that are stored (re-ranking's lambda); absent
    ones are then at least 1 - ``original``.

    The diagonal is stored, as 0. For ``DBSCAN(metric="precomputed")`` with an eps under 1: absent
    neighbours are never within it. Fan et al. and Ge et al. use k1 30, k2 6 and eps 0.4 to 0.6.
    Computed on the device of the items; ``spcl`` is `encode`'s.
    Raises ValueError for features that are not finite and for k1, k2 that fit no data.
    """
    space: Space = (
        SquaredEuclidean(items) if isinstance(items, np.ndarray | torch.Tensor) else items
    )
    count = len(space)
    check(k1, k2, count)
    neighbours = nearest(space, max(k1 + 1, k2))
    weights = encode(space, neighbours, k1, k2, spcl=spcl)
    columns = weights.transposed()
    blocks = []
    for some in parts(count, ROWS, count, space.device):
        shared = shared_weight(weights.part(some.start, some.stop), columns)
        rows, found = shared.nonzero(as_tuple=True)
        overlap = shared[rows, found]
        distance = (1 - overlap / (2 - overlap)).clamp_(min=0)
        if original:
            own = space.pairs(rows + some.start, found) / neighbours.largest[rows + some.start]
            distance = torch.lerp(distance, own, original)
        distance[rows + some.start == found] = 0
        pointers = np.r_[0, np.bincount(rows.cpu(), minlength=len(shared)).cumsum()]
        data = distance.cpu().numpy(), found.cpu().numpy(), pointers
        blocks.append(sp.csr_matrix(data, shape=shared.shape))
    return sp.vstack(blocks, format="csr")


def check(k1: int, k2: int, count: int) -> None:
    """ValueError unless 1 <= k2 <= k1 + 1 and there is somebody to be neighbours with."""
    if not 1 <= k2 <= k1 + 1:
        raise ValueError(f"expected k1 >= 1 and 1 <= k2 <= k1 + 1, found k1={k1} and k2={k2}")
    if count < 2:
        raise ValueError(f"expected at least two items to find neighbours among, found {count}")
