"""Batch-hard triplet loss (Synthetic-to-Real, Eq. 6; Hermans et al., 2017)."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn import functional as F

from uda.exact import exact_products


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
        with exact_products(features.device):
            distances = 1 - directions @ directions.T
    else:
        distances = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    same = labels[:, None] == labels[None, :]
    positive = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    anchors = positive.any(dim=1) & (~same).any(dim=1)
    farthest = distances.masked_fill(~positive, -torch.inf).amax(dim=1)
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)
    # Others are masked, not left out: how many there are would have to be waited for.
    gaps = farthest.where(anchors, 0) - nearest.where(anchors, 0) + margin
    violations = gaps.clamp(min=0).where(anchors, 0)
    count = anchors.sum().clamp(min=1)
    return violations.sum() / count, (violations > 0).sum().detach() / count
