"""The ranks of every query's matches, a block of queries at a time.

Equal distances rank in gallery order, as a stable sort would put them. What is excluded from a
query's ranking has the distance NaN here: NaN is neither below nor equal to anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

SORTING_PAYS = 512
"""Sorting n of G entries costs about what comparing all with n * SORTING_PAYS / G matches does."""

FOLD = 32
"""Entries of which only the smallest is looked at in a first search for the nearest."""


@dataclass(frozen=True)
class BlockRanks:
    """What is known about ``R`` queries.

    ``ranks``: the 0-based ranks of all matches, query by query, ascending. ``nearest``: each
    query's first gallery columns, where asked for. ``orders``: whole rankings ``(R, G)`` with
    what is excluded last, where asked for.
    """

    ranks: np.ndarray
    nearest: list[np.ndarray] | None
    orders: np.ndarray | None


def by_counting(
    distances: np.ndarray,
    matches: tuple[np.ndarray, ...],
    valid: np.ndarray,
    top: int | None,
    orders: bool,
) -> BlockRanks:
    """Without sorting galleries: a match's rank is the number of distances below its own.

    ``distances`` ``(R, G)``, ``matches`` as from `Matches.of`, ``valid`` ``(R,)`` the entries not
    excluded from each row.
    """
    rows, columns = matches
    if orders:
        order = np.argsort(distances, axis=1, kind="stable")
        return _from_orders(order, matches, valid, top)
    ranks = _count(distances, rows, columns)
    nearest = None
    if top is not None:
        nearest = [_first(line, min(top, int(n))) for line, n in zip(distances, valid, strict=True)]
    return BlockRanks(ranks, nearest, None)


def by_sorting(
    distances: torch.Tensor,
    matches: tuple[np.ndarray, ...],
    valid: np.ndarray,
    top: int | None,
    orders: bool,
) -> BlockRanks:
    """`by_counting` for a device that sorts faster than one core counts."""
    # A radix sort may tell -0 from 0; adding 0 makes them one.
    order = torch.sort(distances + 0.0, dim=1, stable=True).indices
    if orders:
        return _from_orders(order.cpu().numpy(), matches, valid, top)
    is_match = torch.zeros(distances.shape, dtype=torch.bool, device=distances.device)
    rows, columns = (torch.from_numpy(index).to(distances.device) for index in matches)
    is_match[rows, columns] = True
    ranks = is_match.gather(1, order).nonzero()[:, 1].cpu().numpy()
    return BlockRanks(
        ranks, None if top is None else _cut(order[:, :top].cpu().numpy(), valid), None
    )


def _from_orders(
    order: np.ndarray, matches: tuple[np.ndarray, ...], valid: np.ndarray, top: int | None
) -> BlockRanks:
    is_match = np.zeros(order.shape, bool)
    is_match[matches] = True
    ranks = np.take_along_axis(is_match, order, 1).nonzero()[1]
    return BlockRanks(ranks, None if top is None else _cut(order[:, :top], valid), order)


def _cut(order: np.ndarray, valid: np.ndarray) -> list[np.ndarray]:
    return [line[:n].copy() for line, n in zip(order, valid, strict=True)]


def _count(distances: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The ranks of all matches, query by query, ascending.

    From a query's farthest match on, what comes before it is counted, until so little is left that
    sorting it costs less; what is left of all queries is sorted together.
    """
    width = distances.shape[1]
    own = distances[rows, columns]
    order = np.lexsort((own, rows))
    own, columns = own[order], columns[order]
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    stops = np.append(starts[1:], len(rows))[: len(starts)]
    reach = np.full((len(distances), 1), -np.inf, distances.dtype)
    reach[rows[starts], 0] = own[stops - 1]
    near = distances <= reach
    ranks = np.full(len(rows), -1)
    for start, stop, row in zip(
        starts.tolist(), stops.tolist(), rows[starts].tolist(), strict=True
    ):
        line, left = near[row], stop - start
        count = np.count_nonzero(line)
        if count * SORTING_PAYS <= left * width:
            continue
        while left and count * SORTING_PAYS > left * width:
            left -= 1
            at = start + left
            count = ranks[at] = _count_before(distances[row], columns[at], own[at], line)
        np.less_equal(distances[row], own[start + left - 1] if left else -np.inf, out=line)
    sought = np.flatnonzero(ranks < 0)
    is_match = np.zeros(distances.size, bool)
    is_match[rows[sought] * width + columns[sought]] = True
    candidates = np.flatnonzero(near)
    candidates = candidates[np.argsort(distances.reshape(-1)[candidates], kind="stable")]
    lines = (candidates // width).astype(np.min_scalar_type(len(distances)))
    candidates = candidates[np.argsort(lines, kind="stable")]
    found = np.flatnonzero(is_match[candidates])
    before = np.searchsorted(candidates // width, rows[sought])
    ranks[sought] = found - before
    return ranks


def _count_before(line: np.ndarray, target: int, distance: np.floating, scratch: np.ndarray) -> int:
    """How many entries come before a column: those below it, and its equals to its left."""
    np.less_equal(line[:target], distance, out=scratch[:target])
    np.less(line[target:], distance, out=scratch[target:])
    return int(np.count_nonzero(scratch))


def _first(line: np.ndarray, count: int) -> np.ndarray:
    """The columns of the ``count`` smallest entries, in stable order; NaN is no entry."""
    if count == 0:
        return np.zeros(0, np.int64)
    # So many of the smallest of every FOLD entries bound so many of the smallest of all.
    folded = line[: len(line) // FOLD * FOLD].reshape(FOLD, -1)
    reach = _smallest(np.fmin.reduce(folded, axis=0), count)
    if np.isnan(reach):
        reach = _smallest(line, count)
    candidates = np.flatnonzero(line <= reach)
    return candidates[np.argsort(line[candidates], kind="stable")][:count]


def _smallest(entries: np.ndarray, count: int) -> np.floating:
    """The ``count``-th smallest entry; NaN, which is larger than all, where there are too few."""
    if count > len(entries):
        return entries.dtype.type(np.nan)
    return np.partition(entries, count - 1)[count - 1]
