"""Terms of style transfer, of tensors alone."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def judged_real(scores: torch.Tensor) -> torch.Tensor:
    """Generator's side of LSGAN: mean of (D(made) - 1)^2 over patches (N, 1, h, w).

    Mao et al., Least Squares Generative Adversarial Networks, ICCV 2017.
    """
    return F.mse_loss(scores, torch.ones_like(scores))


def told_apart(real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """Discriminator's side: half of the means of (D(real) - 1)^2 and D(made)^2."""
    return 0.5 * (judged_real(real) + F.mse_loss(made, torch.zeros_like(made)))


def alike(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Positive pairs: mean squared distance of features (N, D). Hadsell et al., CVPR 2006."""
    return (one - other).square().sum(1).mean()


def apart(one: torch.Tensor, other: torch.Tensor, margin: float) -> torch.Tensor:
    """Negative pairs: mean of max(0, margin - distance)^2 of features (N, D)."""
    distance = (one - other).square().sum(1).clamp_min(1e-12).sqrt()
    return (margin - distance).clamp_min(0).square().mean()


def changed_within(
    pictures: torch.Tensor, translated: torch.Tensor, masks: torch.Tensor
) -> torch.Tensor:
    """PTGAN's identity: mean of |translated - picture| M over all pixels and channels.

    ``pictures`` and ``translated`` are (N, 3, H, W), ``masks`` (N, 1, H, W) from 0 to 1.
    """
    return ((translated - pictures).abs() * masks).mean()
