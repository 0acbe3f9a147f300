"""A model's score on the test half of one split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames
from reid_datasets.records import Split, Tracklet
from torch import nn

from uda.evaluation.features import Extraction, Progress, extract
from uda.evaluation.matches import Clothes
from uda.evaluation.ranking import RankingResult, evaluate, evaluate_features
from uda.evaluation.rerank import k_reciprocal_blocks

TOP = 50
"""Gallery entries kept of each query's ranking: enough for ranked lists and CMC curves."""


@dataclass(frozen=True)
class Reranking:
    """k-reciprocal re-ranking; see `uda.evaluation.rerank.k_reciprocal_blocks`."""

    k1: int = 20
    k2: int = 6
    lambda_value: float = 0.3


@dataclass(frozen=True)
class Evaluation:
    """``result`` with the name of the ``frames`` protocol it was obtained under.

    ``ranked`` maps each query's index to the indices of its nearest gallery entries, nearest
    first, without those the protocol excludes. Features are ``(Q, D)`` and ``(G, D)``, of length 1.
    """

    result: RankingResult
    frames: str
    ranked: dict[int, np.ndarray]
    query_features: np.ndarray
    gallery_features: np.ndarray


def evaluate_model(
    model: nn.Module,
    split: Split,
    how: Extraction,
    *,
    device: torch.device | str,
    progress: Progress | None = None,
) -> Evaluation:
    """Ranks the gallery of every query by cosine distance.

    Raises DatasetError when there is nothing to evaluate or a frame cannot be read, ValueError when
    no query can find a match.
    """
    tracklets = test_tracklets([split])
    features = extract(model, tracklets, how, device=device, progress=progress)
    return rank_split(split, Features(tracklets, features), how.describe())


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
                "`uda check-data`, or evaluate on another one."
            )
        nowhere = {tracklet.frames for tracklet in split.gallery if tracklet.camera_id is None}
        if any(tracklet.frames in nowhere for tracklet in split.query):
            raise DatasetError(
                "Expected queries without a camera to be absent from the gallery, found some in "
                "it: each would find itself. Have the reader leave them out, or give them cameras."
            )
        for tracklet in split.gallery + split.query:
            seen.setdefault(tracklet.frames, tracklet)
    return list(seen.values())


test_tracklets.__test__ = False  # type: ignore[attr-defined]


class Features:
    """The feature of each tracklet, found by its frames."""

    def __init__(self, tracklets: Sequence[Tracklet], features: np.ndarray) -> None:
        self.rows = {tracklet.frames: row for row, tracklet in enumerate(tracklets)}
        self.features = features

    def of(self, tracklets: Sequence[Tracklet]) -> np.ndarray:
        """Features ``(N, D)`` in the order of ``tracklets``."""
        return self.features[[self.rows[tracklet.frames] for tracklet in tracklets]]


def rank_split(
    split: Split,
    features: Features,
    frames: str,
    *,
    clothes: Clothes = "general",
    reranking: Reranking | None = None,
) -> Evaluation:
    """One split under one setting of clothes, re-ranked if asked to."""
    query, gallery = features.of(split.query), features.of(split.gallery)
    labels = (
        [t.person_id for t in split.query],
        [t.person_id for t in split.gallery],
        [t.camera_id for t in split.query],
        [t.camera_id for t in split.gallery],
    )
    dressed = clothes != "general"
    settings: dict[str, Any] = {
        "clothes": clothes,
        "query_clothes": [t.clothes_id for t in split.query] if dressed else None,
        "gallery_clothes": [t.clothes_id for t in split.gallery] if dressed else None,
        "top": TOP,
    }
    if reranking is None:
        result = evaluate_features(query, gallery, *labels, **settings)
    else:
        blocks = k_reciprocal_blocks(query, gallery, **asdict(reranking))
        result = evaluate(blocks, *labels, **settings)
    ranked = dict(enumerate(result.nearest or []))
    return Evaluation(result, frames, ranked, query, gallery)
