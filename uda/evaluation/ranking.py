"""Exact CMC, mAP and mINP, of any gallery that fits into memory as features.

Equal distances rank in gallery order, as a stable sort would put them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch

from uda.comparing.distance import Array, Metric, distance_blocks
from uda.evaluation.match_ranks import BlockRanks, by_counting, by_sorting
from uda.evaluation.matches import Clothes, Labels, Matches
from uda.evaluation.single_shot import expected_scores

NO_MATCH = (
    "no query has a match in the gallery that its ranking does not leave out: check identities and "
    "cameras"
)
Distances: TypeAlias = Array | Iterable[Array]

AT_ONCE = {"cpu": 2**20, "other": 2**24}
"""Distances looked at together: what fits into a processor's cache, what fills a GPU."""


@dataclass(frozen=True)
class RankingResult:
    """How well galleries were ranked; every figure is a fraction in 0..1.

    ``cmc`` maps rank k to the share of queries with a match among the first k; ``mean_ap`` is the
    mean of ``per_query_ap`` ``(Q,)``, which is NaN where a query has no match to find.
    ``mean_inp`` is the mean inverse negative penalty (Ye et al., TPAMI 2021). All are over the
    ``evaluated`` queries; ``without_match`` counts the others. ``nearest`` holds every query's
    first gallery indices, nearest first and without what its ranking excludes, if asked for.
    """

    cmc: dict[int, float]
    mean_ap: float
    mean_inp: float
    per_query_ap: np.ndarray
    evaluated: int
    without_match: int
    nearest: list[np.ndarray] | None = None


def evaluate(
    distances: Distances,
    query_ids: Labels,
    gallery_ids: Labels,
    query_cameras: Labels | None,
    gallery_cameras: Labels | None,
    *,
    ranks: Sequence[int] = (1, 5, 10, 20),
    query_clothes: Labels | None = None,
    gallery_clothes: Labels | None = None,
    clothes: Clothes = "general",
    single_shot: bool = False,
    top: int | None = None,
) -> RankingResult:
    """Ranks the gallery of every query by ``distances`` ``(Q, G)``, smallest first.

    A query's own identity under its own camera is left out of its ranking.

    Args:
        distances: floats, as an array, a tensor (ranked on its device), or an iterable of these
            that gives consecutive blocks of rows. No more than a block is in memory.
        query_ids: identities (Q,), integers or strings; they are only compared for equality.
        gallery_ids: identities (G,).
        query_cameras: cameras (Q,). None, of all or of one, is unknown and excludes nothing.
        gallery_cameras: cameras (G,).
        ranks: of the cumulative matching characteristic.
        query_clothes: what is worn (Q,), needed for ``clothes`` other than "general".
        gallery_clothes: what is worn (G,).
        clothes: CCVID's setting (Gu et al., CVPR 2022): "same" also leaves out the own identity
            in other clothes, "changed" the own identity in the same clothes.
        single_shot: CUHK03's classic test, with one random entry of every identity in the
            gallery. CMC, AP and INP, both 1 / rank there, are the exact means over all draws.
        top: how many of ``nearest`` to keep of each query, out of the whole gallery.

    Returns:
        Scores over the queries that have a match.

    Raises:
        ValueError: a NaN distance, an empty side, lengths that disagree, labels or dtypes that
            are neither integers nor strings nor floats, clothes that a setting needs and that
            are missing, or no query with a match.
    """
    if not ranks or min(ranks) < 1 or (top is not None and top < 1):
        raise ValueError(f"expected ranks and top from 1 up, found {list(ranks)} and {top}")
    matches = Matches(
        query_ids,
        gallery_ids,
        query_cameras,
        gallery_cameras,
        query_clothes,
        gallery_clothes,
        clothes,
    )
    scores = _Scores(matches, ranks, single_shot, top)
    seen, queries = 0, len(matches.people)
    for block in _parts(distances, len(matches.gallery_people)):
        if seen + len(block) <= queries:
            scores.add(seen, block)
        seen += len(block)
    if seen != queries:
        raise ValueError(f"expected distances of {queries} queries, found {seen}")
    return scores.result()


def evaluate_features(
    query: Array,
    gallery: Array,
    query_ids: Labels,
    gallery_ids: Labels,
    query_cameras: Labels | None,
    gallery_cameras: Labels | None,
    *,
    metric: Metric = "cosine",
    block: int | None = None,
    ranks: Sequence[int] = (1, 5, 10, 20),
    query_clothes: Labels | None = None,
    gallery_clothes: Labels | None = None,
    clothes: Clothes = "general",
    single_shot: bool = False,
    top: int | None = None,
) -> RankingResult:
    """`evaluate` on the distances between features ``(Q, D)`` and ``(G, D)``.

    Distances are computed for ``block`` queries at a time (`distance_blocks`) and not kept. The
    other arguments are those of `evaluate`.

    Raises:
        ValueError: as `evaluate`, and for features that are not finite.
    """
    if not len(query) or not len(gallery):
        raise ValueError(f"nothing to rank: {len(query)} queries, {len(gallery)} gallery entries")
    return evaluate(
        distance_blocks(query, gallery, metric=metric, block=block),
        query_ids,
        gallery_ids,
        query_cameras,
        gallery_cameras,
        ranks=ranks,
        query_clothes=query_clothes,
        gallery_clothes=gallery_clothes,
        clothes=clothes,
        single_shot=single_shot,
        top=top,
    )


class _Scores:
    """Collects the scores of blocks of queries."""

    def __init__(
        self, matches: Matches, ranks: Sequence[int], single_shot: bool, top: int | None
    ) -> None:
        self.matches, self.single_shot, self.top = matches, single_shot, top
        self.ranks = list(ranks)
        queries = len(matches.people)
        self.ap, self.inp = np.full(queries, np.nan), np.full(queries, np.nan)
        self.hits = np.full((queries, len(self.ranks)), np.nan)
        self.nearest: list[np.ndarray] = []

    def add(self, start: int, block: Array) -> None:
        """``block`` ``(R, G)`` holds the distances of the queries from ``start`` on."""
        stop = start + len(block)
        matched, excluded = self.matches.of(start, stop)
        valid = block.shape[1] - np.bincount(excluded[0], minlength=len(block))
        found = _rank(block, start, matched, excluded, valid, self.top, self.single_shot)
        self.nearest += found.nearest or []
        rows = matched[0]
        if not len(rows):
            return
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        queries = start + rows[starts]
        if found.orders is not None:
            for query, ranks in zip(queries, np.split(found.ranks, starts[1:]), strict=True):
                kept = found.orders[query - start, : valid[query - start]]
                people, own = self.matches.gallery_people, self.matches.people[query]
                curve, reciprocal = expected_scores(kept, ranks, people, own, max(self.ranks))
                self.hits[query] = curve[np.array(self.ranks) - 1]
                self.ap[query] = self.inp[query] = reciprocal
            return
        counts = np.diff(starts, append=len(rows))
        nth = np.arange(len(rows)) - np.repeat(starts, counts) + 1
        self.ap[queries] = np.add.reduceat(nth / (found.ranks + 1), starts) / counts
        self.inp[queries] = counts / (found.ranks[starts + counts - 1] + 1)
        self.hits[queries] = found.ranks[starts, None] < np.array(self.ranks)

    def result(self) -> RankingResult:
        scored = ~np.isnan(self.ap)
        if not scored.any():
            raise ValueError(NO_MATCH)
        cmc = self.hits[scored].mean(0)
        return RankingResult(
            cmc={rank: float(share) for rank, share in zip(self.ranks, cmc, strict=True)},
            mean_ap=float(self.ap[scored].mean()),
            mean_inp=float(self.inp[scored].mean()),
            per_query_ap=self.ap,
            evaluated=int(scored.sum()),
            without_match=int((~scored).sum()),
            nearest=None if self.top is None else self.nearest,
        )


def _parts(distances: Distances, gallery: int) -> Iterator[Array]:
    """The distances in blocks small enough to be copied."""
    whole = isinstance(distances, (np.ndarray, torch.Tensor))
    for block in [distances] if whole else distances:
        if not isinstance(block, (np.ndarray, torch.Tensor)) or block.ndim != 2:
            found = getattr(block, "shape", type(block).__name__)
            raise ValueError(f"expected distances (Q, {gallery}), found {_shape(found)}")
        if block.shape[1] != gallery:
            raise ValueError(f"expected distances (Q, {gallery}), found {_shape(block.shape)}")
        if isinstance(block, torch.Tensor):
            block = block.detach()
            floats = block.is_floating_point()
            if floats and block.device.type == "cpu":
                # The same memory. NumPy has no bfloat16.
                block = (block.float() if block.dtype == torch.bfloat16 else block).numpy()
        else:
            floats = block.dtype.kind == "f"
        if not floats:
            raise ValueError(f"expected distances of floats, found {block.dtype}")
        at_once = AT_ONCE["cpu" if isinstance(block, np.ndarray) else "other"]
        rows = max(1, at_once // gallery)
        for start in range(0, len(block), rows):
            yield block[start : start + rows]


def _shape(found: Any) -> Any:
    return tuple(found) if isinstance(found, tuple) else found


def _rank(
    block: Array,
    start: int,
    matched: tuple[np.ndarray, ...],
    excluded: tuple[np.ndarray, ...],
    valid: np.ndarray,
    top: int | None,
    orders: bool,
) -> BlockRanks:
    """Ranks a copy of the block with NaN in the place of what is excluded."""
    if isinstance(block, np.ndarray):
        copy = block.astype(np.float32 if block.dtype.itemsize < 4 else block.dtype)
        _refuse_nan(np.isnan(copy.max(1)), start)
        copy[excluded] = np.nan
        return by_counting(copy, matched, valid, top, orders)
    copied = block.float() if block.element_size() < 4 else block.clone()
    _refuse_nan(torch.isnan(copied).any(1).cpu().numpy(), start)
    rows, columns = (torch.from_numpy(index).to(copied.device) for index in excluded)
    copied[rows, columns] = torch.nan
    return by_sorting(copied, matched, valid, top, orders)


def _refuse_nan(bad: np.ndarray, start: int) -> None:
    if bad.any():
        raise ValueError(
            f"{bad.sum()} queries have NaN distances, the first is query "
            f"{start + int(bad.argmax())}: the features they come from are broken"
        )
