"""A model's score on the test half of one split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames
from reid_datasets.labels import UNKNOWN, columns
from reid_datasets.own_matches import finding_itself
from reid_datasets.records import Split, Tracklet

from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array
from uda.errors import UdaError
from uda.evaluation.matches import Clothes
from uda.evaluation.ranking import RankingResult, evaluate

TOP = 50
"""Gallery entries kept of each query's ranking: enough for ranked lists and CMC curves."""

Extract = Callable[[Sequence[Tracklet]], Array]
"""Tracklets to their features ``(N, D)``, anywhere."""


@dataclass(frozen=True)
class Evaluation:
    """``result`` with the name of the ``frames`` protocol it was obtained under.

    ``ranked`` maps each query's index to the indices of its nearest gallery entries, nearest
    first, without those the protocol excludes. ``comparison`` made the distances between both
    sides.
    """

    result: RankingResult
    frames: str
    ranked: dict[int, np.ndarray]
    query: Side
    gallery: Side
    comparison: Comparison


def evaluate_split(
    split: Split, extract: Extract, frames: str, comparison: Comparison
) -> Evaluation:
    """Ranks the gallery of every query of one split.

    Args:
        split: it needs queries and a gallery.
        extract: from tracklets to features.
        frames: the name of the protocol of extraction.
        comparison: from features to distances.

    Raises:
        DatasetError: there is nothing to evaluate, or a frame cannot be read.
        UdaError: no query can find a match, or features are no numbers.
    """
    tracklets = test_tracklets([split])
    with ranking_explained("The test half"):
        return rank_split(split, Features(tracklets, extract(tracklets)), frames, comparison)


def test_tracklets(splits: Sequence[Split]) -> list[Tracklet]:
    """The test tracklets of splits, each one once, however many splits hold it.

    Raises DatasetError for a split that cannot be evaluated.
    """
    seen: dict[Frames, Tracklet] = {}
    for split in splits:
        if not split.query or not split.gallery:
            raise DatasetError(
                f"Expected queries and a gallery, found {len(split.query)} and "
                f"{len(split.gallery)} tracklets: this data set has no test half. Check it with "
                "`uda check-data`, evaluate on another one, or test what people look like alone "
                "(`--attributes`)."
            )
        itself = finding_itself(split)
        if itself:
            raise DatasetError(
                f"Expected queries whose pictures are not in the gallery, unless it says that the "
                f"same camera saw them, found {itself[0].frames.name(0)} in both: it would find "
                "itself. Have the reader leave it out, or name its camera in both."
            )
        for tracklet in split.gallery + split.query:
            seen.setdefault(tracklet.frames, tracklet)
    return list(seen.values())


test_tracklets.__test__ = False  # type: ignore[attr-defined]


class Features:
    """The feature of each tracklet, found by its frames."""

    def __init__(self, tracklets: Sequence[Tracklet], features: Array) -> None:
        self.rows = {tracklet.frames: row for row, tracklet in enumerate(tracklets)}
        self.features = torch.as_tensor(features)

    def side(self, tracklets: Sequence[Tracklet]) -> Side:
        """What a comparison may know of ``tracklets``, in their order."""
        known = columns(tracklets)
        unknown = np.full(len(tracklets), UNKNOWN, np.int64)
        return Side(
            self.features[[self.rows[tracklet.frames] for tracklet in tracklets]],
            known["camera"],
            known.get("time", unknown),
            np.array([len(tracklet.frames) for tracklet in tracklets], np.int64),
        )


def rank_split(
    split: Split,
    features: Features,
    frames: str,
    comparison: Comparison,
    *,
    clothes: Clothes = "general",
) -> Evaluation:
    """One split under one setting of clothes.

    Raises:
        ValueError: no query has a match, or features are not finite.
    """
    query, gallery = features.side(split.query), features.side(split.gallery)
    dressed = clothes != "general"
    settings: dict[str, Any] = {
        "clothes": clothes,
        "query_clothes": [t.clothes_id for t in split.query] if dressed else None,
        "gallery_clothes": [t.clothes_id for t in split.gallery] if dressed else None,
        "top": TOP,
    }
    result = evaluate(
        comparison.blocks(query, gallery),
        [t.person_id for t in split.query],
        [t.person_id for t in split.gallery],
        [t.camera_id for t in split.query],
        [t.camera_id for t in split.gallery],
        **settings,
    )
    ranked = dict(enumerate(result.nearest or []))
    return Evaluation(result, frames, ranked, query, gallery, comparison)


@contextmanager
def ranking_explained(what: str) -> Iterator[None]:
    """Turns what ranking cannot do into an error that says what to look at."""
    try:
        yield
    except ValueError as error:
        raise UdaError(
            f"{what} cannot be ranked: {error}. Look at the data with `uda check-data`; features "
            "that are no numbers mean that the weights have diverged."
        ) from None


def can_be_ranked(split: Split) -> bool:
    """Whether a query has a match that its ranking does not leave out for its camera."""
    cameras: dict[int, set[int | None]] = {}
    for tracklet in split.gallery:
        cameras.setdefault(tracklet.person_id, set()).add(tracklet.camera_id)
    return any(
        cameras.get(query.person_id, set()) - ({query.camera_id} - {None}) for query in split.query
    )
