"""Batch-hard triplet loss (Synthetic-to-Real, Eq. 6; Hermans et al., 2017)."""

from __future__ import annotations

import torch


def batch_hard_triplet(
    features: torch.Tensor, labels: torch.Tensor, *, margin: float = 0.3
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each clip against its farthest positive and nearest negative: [d(a,p) - d(a,n) + m]_+.

    ``features`` (B, D), Euclidean distance; ``labels`` (B,). A clip without a positive or without
    a negative in the batch is no anchor. Returns the mean over anchors, and the share of anchors
    that still violate the margin (a metric, no gradient).
    """
    features = features.float()
    distances = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    same = labels[:, None] == labels[None, :]
    positive = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    anchors = positive.any(dim=1) & (~same).any(dim=1)
    farthest = distances.masked_fill(~positive, -torch.inf).amax(dim=1)[anchors]
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)[anchors]
    violations = (farthest - nearest + margin).clamp(min=0)
    count = max(len(violations), 1)
    return violations.sum() / count, (violations > 0).sum().detach() / count
