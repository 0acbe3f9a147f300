"""k-reciprocal neighbours and encodings, sparse, computed where the distances are.

Zhong et al., Re-ranking Person Re-identification with k-reciprocal Encoding, CVPR 2017. Distances
are those of a space, squared Euclidean in the paper, divided by the largest of their row (the
published code divides columns of a symmetric matrix and transposes it: the same). An item is its
own first neighbour. Where distances are equal, the lower index is nearer; published code leaves
that to its sort. No matrix of all pairs is ever in memory: beside the space there are O(N k)
numbers and a block of distances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from uda.clustering.spaces import Space
from uda.clustering.sparse import Rows, add_equal, belong_to, starts_of

BLOCK = {"cpu": 2**24, "cuda": 2**27}
"""Distances in memory at once: 64 and 512 MB."""
PAIRS = {"cpu": 2**14, "cuda": 2**17}
"""Pairs whose distance is calculated at once, outside of blocks."""
COMPARED = {"cpu": 2**20, "cuda": 2**27}
"""Numbers of items compared with each other at once: what fits into a cache, what fills a GPU."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest items of each of N items, itself first.

    ``indices`` int64 and ``distances`` float32 are ``(N, K)``, nearest first; ``largest`` ``(N,)``
    is the distance to the farthest item, positive.
    """

    indices: torch.Tensor
    distances: torch.Tensor
    largest: torch.Tensor


@dataclass(frozen=True)
class Lists:
    """Some items for each of N: of ``indices`` ``(N, K)`` those that are ``kept`` ``(N, K)``."""

    indices: torch.Tensor
    kept: torch.Tensor


def parts(count: int, at_once: dict[str, int], each: int, device: torch.device) -> Iterator[slice]:
    """``count`` items in slices, of which each item takes ``each`` of what is there ``at_once``."""
    size = max(1, at_once.get(device.type, at_once["cpu"]) // max(each, 1))
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def nearest(space: Space, count: int) -> Neighbours:
    """The ``count`` nearest items (or all, if there are fewer) of each of N in a space."""
    n, device = len(space), space.device
    count = min(count, n)
    indices = torch.empty(n, count, dtype=torch.int64, device=device)
    distances = torch.empty(n, count, device=device)
    largest = torch.empty(n, device=device)
    for rows in parts(n, BLOCK, n, device):
        block = space.block(rows)
        largest[rows] = block.amax(1).clamp_min(1e-12)
        own = torch.arange(len(block), device=device)
        block[own, own + rows.start] = -torch.inf  # rounding must not put another in front
        found, columns = block.topk(count, largest=False, sorted=False)
        farthest = found.amax(1, keepdim=True)
        tied = torch.count_nonzero(block <= farthest, 1) > count
        if tied.any():  # of equal ones the first: which of them topk takes is left open
            columns[tied] = block[tied].sort(dim=1, stable=True).indices[:, :count]
        columns = columns.sort(1).values
        found, order = block.gather(1, columns).sort(dim=1, stable=True)
        indices[rows], distances[rows] = columns.gather(1, order), found
    return Neighbours(indices, distances.clamp_(min=0), largest)


def encode(space: Space, neighbours: Neighbours, k1: int, k2: int, *, spcl: bool = False) -> Rows:
    """The encoding of each item by its k-reciprocal neighbours: sparse rows that sum to 1.

    Gaussian weights of the expanded k1-reciprocal neighbours, averaged over the k2 nearest items.

    Args:
        space: N items.
        neighbours: in it, at least k1 + 1 and k2 of each where there are as many.
        k1: neighbours that must have each other among theirs, beside the item itself.
        k2: items that are averaged over.
        spcl: as Self-paced Contrastive Learning's code has it (Ge et al., NeurIPS 2020): the item
            itself is one of the k1, and distances are not divided by the largest.
    """
    most = k1 if spcl else k1 + 1
    near = reciprocal(neighbours.indices[:, :most])
    core = reciprocal(neighbours.indices[:, : min(round(k1 / 2) + 1, most)])
    weights = _weights(space, neighbours, expand(near, core), scaled=not spcl)
    return _averaged(weights, neighbours.indices[:, :k2]) if k2 > 1 else weights


def reciprocal(indices: torch.Tensor) -> Lists:
    """Which of the nearest ``(N, K)`` of each item have it among theirs."""
    n, k = indices.shape
    small = indices.int()
    kept = torch.empty(n, k, dtype=torch.bool, device=indices.device)
    for rows in parts(n, COMPARED, k * k, indices.device):
        own = torch.arange(rows.start, rows.stop, device=indices.device, dtype=torch.int32)
        kept[rows] = (small[indices[rows]] == own[:, None, None]).any(2)
    return Lists(indices, kept)


def expand(near: Lists, core: Lists) -> torch.Tensor:
    """``near`` and each member's ``core``, where over two thirds of it are in ``near`` anyway.

    Returns:
        Pairs (item, member) as item * N + member, ascending, int64.
    """
    n, k = near.indices.shape
    device = near.indices.device
    small_core = core.indices.int().masked_fill(~core.kept, -1)
    small_near = near.indices.int().masked_fill(~near.kept, -2)
    sizes = core.kept.sum(1)
    found = []
    width = core.indices.shape[1]
    for rows in parts(n, COMPARED, k * k * width, device):
        item, place = near.kept[rows].nonzero(as_tuple=True)
        member = near.indices[rows][item, place]
        cores = small_core[member]
        shared = (cores[:, :, None] == small_near[rows][item][:, None, :]).any(2).sum(1)
        taken = 3 * shared > 2 * sizes[member]
        item += rows.start
        added = core.indices[member[taken]]
        pairs = (item[taken] * n)[:, None] + added
        found.append(torch.cat([item * n + member, pairs[core.kept[member[taken]]]]).unique())
    return torch.cat(found)


def _weights(space: Space, neighbours: Neighbours, pairs: torch.Tensor, *, scaled: bool) -> Rows:
    """exp(-distance) of ``pairs``, those of each item divided by their sum."""
    n, k = neighbours.indices.shape
    items, members = pairs // n, pairs % n
    # Distances that are known; the others, of expanded members, are calculated pair by pair.
    own = torch.arange(n, device=pairs.device)[:, None] * n
    known, order = (own + neighbours.indices).sort(1)
    place = torch.searchsorted(known.flatten(), pairs).clamp_(max=n * k - 1)
    distances = neighbours.distances.gather(1, order).flatten()[place]
    missing = (known.flatten()[place] != pairs).nonzero().flatten()
    for some in parts(len(missing), PAIRS, 1, pairs.device):
        part = missing[some]
        distances[part] = space.pairs(items[part], members[part])
    if scaled:
        distances = distances / neighbours.largest[items]
    weights = distances.neg_().exp_()
    sums = torch.zeros(n, device=pairs.device).index_add_(0, items, weights)
    return Rows(starts_of(items, n), members, weights / sums[items], n)


def _averaged(weights: Rows, others: torch.Tensor) -> Rows:
    """Mean over the rows of ``others`` ``(N, k2)`` of each item."""
    n, k2 = others.shape
    found = []
    longest = int(weights.lengths().max())
    for rows in parts(n, {"cpu": 2**22, "cuda": 2**26}, k2 * longest, others.device):
        entries, which = weights.entries_of(others[rows].flatten())
        pairs = (which // k2 + rows.start) * n + weights.columns[entries]
        found.append(add_equal(pairs, weights.values[entries]))
    pairs, sums = (torch.cat(each) for each in zip(*found, strict=True))
    return Rows(starts_of(pairs // n, n), pairs % n, sums / k2, n)


def shared_weight(rows: Rows, columns: Rows) -> torch.Tensor:
    """Sums of minima of encodings: of each of ``rows`` ``(R, N)`` with each of M others.

    ``columns`` ``(N, M)`` are the others' encodings, transposed. Float32 ``(R, M)``; the Jaccard
    distance of two encodings is 1 - s / (2 - s).
    """
    width = columns.width
    entries, which = columns.entries_of(rows.columns)
    smaller = torch.minimum(rows.values[which], columns.values[entries])
    place = belong_to(rows.starts)[which] * width + columns.columns[entries]
    count = len(rows.starts) - 1
    if place.device.type == "cpu":  # four times as fast there as index_add_
        found = torch.bincount(place, smaller, count * width).float()
    else:
        found = torch.zeros(count * width, device=place.device).index_add_(0, place, smaller)
    return found.view(count, width)
