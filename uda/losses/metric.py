"""Batch-hard triplet loss (Synthetic-to-Real, Eq. 6; Hermans et al., 2017)."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn import functional as F


def batch_hard_triplet(
    features: torch.Tensor,
    labels: torch.Tensor,
    *,
    margin: float = 0.3,
    distance: Literal["euclidean", "cosine"] = "euclidean",
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each clip against its farthest positive and nearest negative: [d(a,p) - d(a,n) + m]_+.

    ``features`` (B, D); ``distance`` euclidean (Eq. 6), or cosine as in SINet's and AP3D's code,
    1 - cos, in [0, 2]; ``labels`` (B,). A clip without a positive or without
    a negative in the batch is no anchor. Returns the mean over anchors, and the share of anchors
    that still violate the margin (a metric, no gradient).
    """
    features = features.float()
    if distance == "cosine":
        directions = F.normalize(features, dim=1)
        distances = 1 - directions @ directions.T
    else:
        distances = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    same = labels[:, None] == labels[None, :]
    positive = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    anchors = positive.any(dim=1) & (~same).any(dim=1)
    farthest = distances.masked_fill(~positive, -torch.inf).amax(dim=1)[anchors]
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)[anchors]
    violations = (farthest - nearest + margin).clamp(min=0)
    count = max(len(violations), 1)
    return violations.sum() / count, (violations > 0).sum().detach() / count
