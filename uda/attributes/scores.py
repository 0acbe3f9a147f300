"""What a model with attribute heads says of tracklets, before it is made into probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models.attribute_heads import AttributeHeads
from reid_models.outputs import Features
from torch import nn

from uda.features.extraction import Extraction, Progress, average, embedding_of


class Answers(NamedTuple):
    """Of N tracklets: ``scores`` by attribute, (N, C) float32 on the CPU, means over clips, and
    ``features`` (N, D) float32 of length 1, on the CPU."""

    scores: dict[str, torch.Tensor]
    features: torch.Tensor


def answers_of(
    model: nn.Module,
    heads: AttributeHeads,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    *,
    device: torch.device | str,
    progress: Progress | None = None,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
) -> Answers:
    """Scores and features of N tracklets, in one pass over their clips.

    Args:
        model: with ``heads``, on ``device``.
        heads: the model's.
        tracklets: N of them, at least one.
        how: which clips, and how they come to the model.
        device: where the model is.
        progress: called with the number of clips done and in all.
        unlabelled: a training half to take batch-norm statistics from, where ``how`` asks for it.

    Raises:
        DatasetError: a frame cannot be read.
    """
    found = average(
        model,
        tracklets,
        how,
        device=device,
        progress=progress,
        represent=_side_by_side,
        unlabelled=unlabelled,
    )
    counts = [len(values) for values in heads.values.values()]
    *scores, features = found.cpu().split([*counts, found.shape[1] - sum(counts)], dim=1)
    return Answers(
        dict(zip(heads.values, scores, strict=True)), nn.functional.normalize(features, dim=1)
    )


def _side_by_side(found: Features) -> torch.Tensor:
    assert found.attributes is not None
    return torch.cat([*found.attributes.values(), embedding_of(found)], dim=1)
