"""What a step of training sees: source clips with their labels, target clips without identities.

Labels are named integer tensors (B,), one entry a clip, -1 where a value is unknown. Readers name
them (`reid_datasets.labels`); whatever a reader gives reaches the method under the same name.
``identity`` and ``clothes`` are numbered 0..K-1 over the source's training tracklets, ``camera``
and ``time`` (milliseconds) are as the benchmark has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch

Labels = Mapping[str, torch.Tensor]


class LabelledBatch(NamedTuple):
    """Source clips (B, T, 3, H, W), their labels, and which training tracklet each is of (B,).

    ``cameras`` are those of the label, on the host: batch norms by camera need not wait for them.
    """

    clips: torch.Tensor
    labels: Labels
    tracklets: torch.Tensor
    cameras: tuple[int, ...]


class UnlabelledBatch(NamedTuple):
    """Target clips (B, T, 3, H, W), labels, and which of the N target tracklets each is of (B,).

    A tracklet's number is its position in the target, not an identity. ``labels`` hold what needs
    no annotator: camera and time. ``cameras`` as in `LabelledBatch`.
    """

    clips: torch.Tensor
    labels: Labels
    tracklets: torch.Tensor
    cameras: tuple[int, ...]


Pair = tuple[LabelledBatch, UnlabelledBatch | None]
"""A source and a target batch; None for a method without a target."""
