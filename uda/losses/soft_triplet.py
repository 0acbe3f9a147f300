"""Triplets as a question of two answers: is the positive or the negative nearer?

Ge et al., Mutual Mean-Teaching, ICLR 2020, Eq. 7 and 8, after their code: features of length 1,
hardest positive and negative of the batch.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F


def hardest(features: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each clip of ``features`` (B, D) the farthest of its label ``labels`` (B,) and the nearest
    of another: indices (B,) each. A clip alone with its label is its own farthest; where all
    labels are one, the nearest is a clip of the same."""
    distances = _distances(features.detach())
    same = labels[:, None] == labels[None, :]
    farthest = distances.masked_fill(~same, -torch.inf).argmax(dim=1)
    nearest = distances.masked_fill(same, torch.inf).argmin(dim=1)
    return farthest, nearest


def log_answers(
    features: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor
) -> torch.Tensor:
    """Logarithms of softmax(d(a, p), d(a, n)), (B, 2), for clips with such positives, negatives.

    d is Euclidean between features (B, D) made of length 1.
    """
    distances = _distances(features)
    chosen = torch.stack([positive, negative], dim=1)
    return distances.gather(1, chosen).log_softmax(dim=1)


def softmax_triplet(
    features: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor
) -> torch.Tensor:
    """- log exp d(a, n) / (exp d(a, p) + exp d(a, n)), mean over clips (Eq. 7 with hard labels)."""
    return -log_answers(features, positive, negative)[:, 1].mean()


def soft_softmax_triplet(
    features: torch.Tensor, taught: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of the student's answers against the teacher's on the same triplets (Eq. 8)."""
    wanted = log_answers(taught.detach(), positive, negative).exp()
    return -(wanted * log_answers(features, positive, negative)).sum(dim=1).mean()


def _distances(features: torch.Tensor) -> torch.Tensor:
    unit = F.normalize(features.float(), dim=1)
    # Not the root of a sum: its slope at 0, of a clip from itself, is no number; cdist's is 0.
    return torch.cdist(unit, unit, compute_mode="donot_use_mm_for_euclid_dist")
