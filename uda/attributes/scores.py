"""What attribute heads say of tracklets, before it is made into probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models.attribute_heads import AttributeHeads
from reid_models.outputs import Features
from torch import nn

from uda.features.extraction import Extraction, Progress, average


def scores_of(
    model: nn.Module,
    heads: AttributeHeads,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    *,
    device: torch.device | str,
    progress: Progress | None = None,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
) -> dict[str, torch.Tensor]:
    """Scores of N tracklets by attribute, (N, C) float32 on the CPU: means over clips.

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
    return dict(zip(heads.values, found.cpu().split(counts, dim=1), strict=True))


def _side_by_side(found: Features) -> torch.Tensor:
    assert found.attributes is not None
    return torch.cat(list(found.attributes.values()), dim=1)
