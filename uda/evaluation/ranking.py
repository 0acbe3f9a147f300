"""Exact CMC, mAP and mINP.

No gallery is sorted: the rank of a match is the number of gallery distances below its own. Equal
distances rank in gallery order, as a stable sort would put them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RankingResult:
    """How well galleries were ranked; every figure is a fraction in 0..1.

    ``cmc`` maps rank k to the share of queries with a match among the first k; ``mean_ap`` is the
    mean of ``per_query_ap``, which is NaN where a query has no match to find. ``mean_inp`` is the
    mean inverse negative penalty (Ye et al., TPAMI 2021). All are over the ``evaluated`` queries;
    ``without_match`` counts the others.
    """

    cmc: dict[int, float]
    mean_ap: float
    mean_inp: float
    per_query_ap: np.ndarray
    evaluated: int
    without_match: int


def evaluate(
    distances: np.ndarray,
    query_ids: Sequence[int] | np.ndarray,
    gallery_ids: Sequence[int] | np.ndarray,
    query_cameras: Sequence[int | None] | np.ndarray | None,
    gallery_cameras: Sequence[int | None] | np.ndarray | None,
    *,
    ranks: Sequence[int] = (1, 5, 10, 20),
) -> RankingResult:
    """Ranks the gallery of every query by ``distances`` ``(Q, G)``, smallest first.

    Gallery entries with a query's own identity and camera are left out of its ranking; cameras of
    None are unknown and exclude nothing. Raises ValueError when a distance is NaN, a side is empty
    or lengths disagree, and when no query has a match to find.
    """
    return evaluate_blocks(
        [distances], query_ids, gallery_ids, query_cameras, gallery_cameras, ranks=ranks
    )


def evaluate_blocks(
    blocks: Iterable[np.ndarray],
    query_ids: Sequence[int] | np.ndarray,
    gallery_ids: Sequence[int] | np.ndarray,
    query_cameras: Sequence[int | None] | np.ndarray | None,
    gallery_cameras: Sequence[int | None] | np.ndarray | None,
    *,
    ranks: Sequence[int] = (1, 5, 10, 20),
) -> RankingResult:
    """`evaluate` on distances that come as consecutive blocks of rows, one block in memory."""
    people, others = np.asarray(query_ids), np.asarray(gallery_ids)
    if not len(people) or not len(others):
        raise ValueError(f"nothing to rank: {len(people)} queries, {len(others)} gallery entries")
    own_cameras = _cameras(query_cameras, len(people), "query")
    other_cameras = _cameras(gallery_cameras, len(others), "gallery")
    found = [
        match_ranks(
            row,
            others == people[query],
            (others == people[query])
            & (other_cameras == own_cameras[query])
            & (own_cameras[query] != _UNKNOWN),
        )
        for query, row in enumerate(_rows(blocks, len(people), len(others)))
    ]
    return _summarise(found, ranks)


def match_ranks(row: np.ndarray, same: np.ndarray, excluded: np.ndarray) -> np.ndarray:
    """The 0-based ranks of one query's matches, ascending.

    ``row`` holds its distances ``(G,)``; ``same`` and ``excluded`` mark its own identity and the
    entries its ranking leaves out.
    """
    matches = np.flatnonzero(same & ~excluded)
    if not len(matches):
        return matches
    last = row[matches].max()
    near = np.flatnonzero((row <= last) & ~excluded)
    candidates = row[near]
    ranks = []
    for match in matches:
        below = np.count_nonzero(candidates < row[match])
        ties = np.count_nonzero(candidates == row[match])
        if ties > 1:
            below += np.count_nonzero(candidates[: np.searchsorted(near, match)] == row[match])
        ranks.append(below)
    return np.sort(np.array(ranks))


def _rows(blocks: Iterable[np.ndarray], queries: int, gallery: int) -> Iterable[np.ndarray]:
    seen = 0
    for block in blocks:
        if block.ndim != 2 or block.shape[1] != gallery:
            raise ValueError(f"expected distances (Q, {gallery}), found {block.shape}")
        bad = np.isnan(block).any(1)
        if bad.any():
            raise ValueError(
                f"{bad.sum()} queries have NaN distances, the first is query "
                f"{seen + int(bad.argmax())}: the features they come from are broken"
            )
        seen += len(block)
        if seen <= queries:
            yield from block
    if seen != queries:
        raise ValueError(f"expected distances of {queries} queries, found {seen}")


_UNKNOWN = np.iinfo(np.int64).min


def _cameras(
    cameras: Sequence[int | None] | np.ndarray | None, count: int, side: str
) -> np.ndarray:
    if cameras is None:
        return np.full(count, _UNKNOWN)
    known = np.array([_UNKNOWN if camera is None else camera for camera in cameras], np.int64)
    if len(known) != count:
        raise ValueError(f"expected {count} {side} cameras, found {len(known)}")
    return known


def _summarise(found: list[np.ndarray], ranks: Sequence[int]) -> RankingResult:
    """``found`` holds the ranks of every query's matches."""
    precision = np.array(
        [np.mean(np.arange(1, len(r) + 1) / (r + 1)) if len(r) else np.nan for r in found]
    )
    matched = [r for r in found if len(r)]
    if not matched:
        raise ValueError("no query has a match in the gallery under another camera")
    first = np.array([r[0] for r in matched])
    return RankingResult(
        cmc={k: float(np.mean(first < k)) for k in ranks},
        mean_ap=float(np.nanmean(precision)),
        mean_inp=float(np.mean([len(r) / (r[-1] + 1) for r in matched])),
        per_query_ap=precision,
        evaluated=len(matched),
        without_match=len(found) - len(matched),
    )
