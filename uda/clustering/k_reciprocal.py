"""k-reciprocal neighbours as a sparse graph. Zhong et al., Re-ranking Person Re-identification with
k-reciprocal Encoding, CVPR 2017.

Distances are squared Euclidean, divided by the largest of their row (the published code divides
columns of a symmetric matrix and transposes it: the same). An item is its own first neighbour.
Where distances are equal, the lower index is nearer; published code leaves that to its sort.
No matrix of all pairs is ever in memory: beside the features there are O(N k) numbers and a block
of distances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

BLOCK = 2**24
"""Distances in memory at once: 64 MB."""

PAIRS = 2**14
"""Pairs whose distance is calculated at once, outside of blocks."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest items of each of N items, itself first.

    ``indices`` int64 and ``distances`` float32 are ``(N, K)``, nearest first; ``largest`` ``(N,)``
    is the distance to the farthest item, positive.
    """

    indices: np.ndarray
    distances: np.ndarray
    largest: np.ndarray


def as_tensor(features: np.ndarray | torch.Tensor) -> torch.Tensor:
    """Features ``(N, D)`` float32, where they are. ValueError: they are not finite numbers."""
    found = torch.as_tensor(features)
    if found.ndim != 2 or not len(found) or not found.is_floating_point():
        raise ValueError(
            f"expected features (N, D) of floats, found {tuple(found.shape)} {found.dtype}"
        )
    bad = ~torch.isfinite(found).all(1)
    if bad.any():
        raise ValueError(
            f"expected finite features, found {int(bad.sum())} rows with others, the first is row "
            f"{int(bad.int().argmax())}"
        )
    return found.detach().float().contiguous()


def nearest(features: torch.Tensor, count: int) -> Neighbours:
    """The ``count`` nearest items (or all, if there are fewer) of each of features ``(N, D)``."""
    n = len(features)
    count = min(count, n)
    squares = features.square().sum(1)
    indices = np.empty((n, count), np.int64)
    distances = np.empty((n, count), np.float32)
    largest = np.empty(n, np.float32)
    rows = max(1, BLOCK // n)
    for start in range(0, n, rows):
        stop = min(start + rows, n)
        block = torch.addmm(squares[None], features[start:stop], features.T, alpha=-2)
        block += squares[start:stop, None]
        largest[start:stop] = block.amax(1).clamp_min(1e-12).cpu().numpy()
        own = torch.arange(start, stop, device=block.device)
        block[own - start, own] = -torch.inf  # rounding must not put another in front
        found = block.topk(count, largest=False, sorted=False)
        farthest = found.values.amax(1, keepdim=True)
        tied = torch.count_nonzero(block <= farthest, 1) > count
        columns, values = found.indices.cpu().numpy(), found.values.cpu().numpy()
        for row in torch.nonzero(tied).ravel().tolist():
            line = block[row].cpu().numpy()
            columns[row] = np.argsort(line, kind="stable")[:count]
            values[row] = line[columns[row]]
        order = np.lexsort((columns, values), axis=1)
        indices[start:stop] = np.take_along_axis(columns, order, 1)
        distances[start:stop] = np.take_along_axis(values, order, 1)
    return Neighbours(indices, distances.clip(0), largest)


def encode(features: torch.Tensor, neighbours: Neighbours, k1: int, k2: int) -> sp.csr_matrix:
    """The published encoding of each item by its k-reciprocal neighbours, float32 ``(N, N)``.

    Rows sum to 1: Gaussian weights of the expanded k1-reciprocal neighbours, averaged over the k2
    nearest items.
    """
    near = reciprocal(neighbours.indices[:, : k1 + 1])
    core = reciprocal(neighbours.indices[:, : round(k1 / 2) + 1])
    members = expand(near, core)
    weights = _weights(features, neighbours, members)
    if k2 > 1:
        weights = _mean_of(neighbours.indices[:, :k2]) @ weights
    weights.sort_indices()
    return weights


def reciprocal(indices: np.ndarray) -> sp.csr_matrix:
    """Which of the nearest ``(N, K)`` have each other among them, 0/1 int32 ``(N, N)``."""
    forward = _graph(indices, np.ones(indices.size, np.int32))
    return forward.multiply(forward.T).tocsr()


def expand(near: sp.csr_matrix, core: sp.csr_matrix) -> sp.csr_matrix:
    """``near`` and each member's ``core``, where over two thirds of it are in ``near`` anyway."""
    shared = near.multiply(near @ core.T).tocoo()
    sizes = np.diff(core.indptr)
    kept = 3 * shared.data > 2 * sizes[shared.col]
    ones = np.ones(int(kept.sum()), np.int32)
    accepted = sp.csr_matrix((ones, (shared.row[kept], shared.col[kept])), shape=near.shape)
    members = (near + accepted @ core).tocsr()
    members.data[:] = 1
    return members


def _graph(indices: np.ndarray, data: np.ndarray) -> sp.csr_matrix:
    """``data`` at the places of ``indices`` ``(N, K)``."""
    n, count = indices.shape
    starts = np.arange(0, n * count + 1, count)
    return sp.csr_matrix((data, indices.ravel(), starts), shape=(n, n))


def _mean_of(indices: np.ndarray) -> sp.csr_matrix:
    return _graph(indices, np.full(indices.size, 1 / indices.shape[1], np.float32))


def _weights(
    features: torch.Tensor, neighbours: Neighbours, members: sp.csr_matrix
) -> sp.csr_matrix:
    """exp(-distance) at ``members``, each row divided by its sum."""
    members = members.tocsr()
    members.sort_indices()
    # Distances that are known; the others, of expanded members, are calculated pair by pair.
    known = _graph(neighbours.indices, neighbours.distances.ravel() + 1)
    known.sort_indices()
    found = members.multiply(known).tocsr()
    distances = np.full(members.nnz, np.nan, np.float32)
    rows = np.repeat(np.arange(members.shape[0]), np.diff(members.indptr))
    width = members.shape[1]
    present = found.tocoo()
    place = np.searchsorted(
        rows * width + members.indices, present.row.astype(np.int64) * width + present.col
    )
    distances[place] = present.data - 1
    missing = np.flatnonzero(np.isnan(distances))
    for start in range(0, len(missing), PAIRS):
        part = missing[start : start + PAIRS]
        one = torch.from_numpy(rows[part]).to(features.device)
        other = torch.from_numpy(members.indices[part].astype(np.int64)).to(features.device)
        gap = (features[one] - features[other]).square_().sum(1)
        distances[part] = gap.cpu().numpy()
    weights = np.exp(-distances / neighbours.largest[rows])
    weights /= np.add.reduceat(weights, members.indptr[:-1])[rows]
    return sp.csr_matrix((weights, members.indices, members.indptr), shape=members.shape)


def shared_weight(rows: sp.csr_matrix, columns: sp.csc_matrix) -> np.ndarray:
    """Sums of minima of encodings: ``rows`` ``(R, N)`` with every row of ``columns`` ``(M, N)``.

    Float32 ``(R, M)``; the Jaccard distance of two encodings is 1 - s / (2 - s).
    """
    found = np.zeros((rows.shape[0], columns.shape[0]), np.float32)
    lengths = np.diff(columns.indptr)
    for row in range(rows.shape[0]):
        begin, end = rows.indptr[row], rows.indptr[row + 1]
        own = rows.indices[begin:end]
        counts = lengths[own]
        total = int(counts.sum())
        if not total:
            continue
        # All entries of the columns that this row has, one after another.
        offsets = np.repeat(columns.indptr[own] - np.r_[0, counts.cumsum()[:-1]], counts)
        entries = offsets + np.arange(total)
        smaller = np.minimum(np.repeat(rows.data[begin:end], counts), columns.data[entries])
        found[row] = np.bincount(columns.indices[entries], smaller, columns.shape[0])
    return found
