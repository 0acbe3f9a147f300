"""A model's score on a benchmark's official test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet
from torch import nn

from uda.evaluation.features import FrameChoice, Progress, describe, extract
from uda.evaluation.ranking import RankingResult, evaluate_features


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
    *,
    size: tuple[int, int],
    clip_length: int,
    frames: FrameChoice,
    batch: int,
    device: torch.device | str,
    workers: int = 0,
    top: int = 20,
    progress: Progress | None = None,
) -> Evaluation:
    """Ranks the gallery of every query by cosine distance.

    Arguments are `extract`'s; ``top`` is how many gallery entries ``ranked`` keeps. Raises
    DatasetError when there is nothing to evaluate or a frame cannot be read.
    """
    if not split.query or not split.gallery:
        raise DatasetError(
            f"Expected queries and a gallery, found {len(split.query)} and {len(split.gallery)} "
            "tracklets. Check the data set with `uda check-data`."
        )
    tracklets, query_at = _queries_and_gallery(split)
    if any(at < len(split.gallery) and tracklets[at].camera_id is None for at in query_at):
        raise DatasetError(
            "Expected queries without a camera to be absent from the gallery, found some in it: "
            "each would find itself. Have the reader leave them out, or give them cameras."
        )
    features = extract(
        model,
        tracklets,
        clip_length=clip_length,
        frames=frames,
        size=size,
        batch=batch,
        device=device,
        workers=workers,
        progress=progress,
    )
    query, gallery = features[query_at], features[: len(split.gallery)]
    result = evaluate_features(
        query,
        gallery,
        [t.person_id for t in split.query],
        [t.person_id for t in split.gallery],
        [t.camera_id for t in split.query],
        [t.camera_id for t in split.gallery],
        top=top,
    )
    ranked = dict(enumerate(result.nearest or []))
    return Evaluation(result, describe(frames, clip_length), ranked, query, gallery)


def _queries_and_gallery(split: Split) -> tuple[list[Tracklet], list[int]]:
    """Every tracklet once, the gallery first, and where the queries are among them."""
    tracklets = list(split.gallery)
    place = {id(tracklet): i for i, tracklet in enumerate(tracklets)}
    query_at = []
    for tracklet in split.query:
        if id(tracklet) not in place:
            place[id(tracklet)] = len(tracklets)
            tracklets.append(tracklet)
        query_at.append(place[id(tracklet)])
    return tracklets, query_at
