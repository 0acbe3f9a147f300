"""Scores of a model on a test half, in the form that is logged and written to JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PIL import Image
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split
from torch import nn

from uda import config
from uda.errors import UdaError
from uda.evaluation.features import Extraction
from uda.evaluation.protocol import Evaluation, evaluate_model
from uda.evaluation.ranked_list import draw


def evaluate(
    model: nn.Module,
    split: Split,
    settings: config.Config,
    *,
    device: Any,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """The model as it is on query and gallery. UdaError: nothing there can be ranked."""
    try:
        return evaluate_model(model, split, extraction(settings), device=device, progress=progress)
    except DatasetError:
        raise
    except ValueError as error:
        raise UdaError(
            f"The test half cannot be ranked: {error}. Look at the data with `uda check-data`; "
            "distances that are no numbers mean that the weights have diverged."
        ) from None


def extraction(settings: config.Config) -> Extraction:
    """How a run's features are extracted."""
    found = settings.evaluation
    return Extraction(
        size=settings.data.size,
        clip_length=settings.data.clip_length,
        frames=found.frames,
        clips=found.clips,
        flip=found.flip,
        statistics="camera" if settings.model.norm == "cbn" else found.statistics,
        precision=found.precision,
        batch=found.batch,
    )


def can_be_ranked(split: Split) -> bool:
    """Whether a query has a match that its ranking does not leave out for its camera."""
    cameras: dict[int, set[int | None]] = {}
    for tracklet in split.gallery:
        cameras.setdefault(tracklet.person_id, set()).add(tracklet.camera_id)
    return any(
        cameras.get(query.person_id, set()) - ({query.camera_id} - {None}) for query in split.query
    )


def as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Fractions in 0..1 by the names used in reports."""
    result = evaluation.result
    return {
        **{f"rank_{rank}": float(share) for rank, share in result.cmc.items()},
        "mAP": float(result.mean_ap),
        "mINP": float(result.mean_inp),
        "queries": int(result.evaluated),
        "queries_without_match": int(result.without_match),
        "frames": evaluation.frames,
    }


def ranked_list(split: Split, evaluation: Evaluation) -> Image.Image:
    return draw(split, evaluation)
