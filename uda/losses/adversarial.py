"""Source or target: the domain losses (Synthetic-to-Real, Eq. 7-10)."""

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


def stitched(videos: int, size: int) -> torch.Tensor:
    """Videos 0..``videos``-1 in random order, as groups ``(videos // size, size)``.

    Fewer videos than ``size``: no group. Drawn from torch's global generator, on the CPU, so that
    checkpoints hold its state and a GPU draws the same groups.
    """
    order = torch.randperm(videos)
    return order[: videos - videos % size].view(-1, size)


def reversal_strength(progress: float, steepness: float = 10.0) -> float:
    """2 / (1 + exp(-steepness p)) - 1: from 0 at the start (p = 0) to about 1 at the end (p = 1).

    Ganin and Lempitsky (2015) and the authors' code use a steepness of 10.
    """
    return 2 / (1 + math.exp(-steepness * progress)) - 1
