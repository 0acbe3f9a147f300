"""Source or target: the domain classification losses (Synthetic-to-Real, Eq. 7, 8 and 10)."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F


def domain_loss(source: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy of telling the domains apart, and how often the classifier is right.

    ``source`` (N,) and ``target`` (M,) are logits, high for the target. Each domain counts one
    half whatever its number of clips, so that chance is an accuracy of 0.5 and a loss of ln 2.
    The gradient is reversed before the classifier (`reid_models.grl`), not here.
    """
    loss = F.softplus(source.float()).mean() + F.softplus(-target.float()).mean()
    right = (source <= 0).float().mean() + (target > 0).float().mean()
    return loss / 2, right / 2


def reversal_strength(progress: float) -> float:
    """2 / (1 + exp(-10 p)) - 1: from 0 at the start (p = 0) to 1 at the end (p = 1)."""
    return 2 / (1 + math.exp(-10 * progress)) - 1
