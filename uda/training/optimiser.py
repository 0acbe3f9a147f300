"""The optimiser and its learning rate over time."""

from __future__ import annotations

import bisect
import math

import torch
from torch import nn

from uda import config


def build(settings: config.Optimiser, method: nn.Module) -> torch.optim.Optimizer:
    """Weight decay acts on matrices and kernels only, not on biases, norms and loss weights."""
    trained = [parameter for parameter in method.parameters() if parameter.requires_grad]
    groups = [
        {
            "params": [p for p in trained if p.ndim >= 2],
            "weight_decay": settings.weight_decay,
        },
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
    if settings.name == "sgd":
        return torch.optim.SGD(groups, lr=settings.lr, momentum=0.9, nesterov=True)
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[settings.name](groups, lr=settings.lr)


def rate(schedule: config.Schedule, epoch: float, epochs: int) -> float:
    """The learning rate at a (fractional) epoch, as a share of its highest value."""
    warm = 1.0
    if epoch < schedule.warmup:
        warm = 0.01 + 0.99 * epoch / schedule.warmup
    if schedule.kind == "multistep":
        return warm * schedule.gamma ** bisect.bisect_right(sorted(schedule.milestones), epoch)
    if schedule.kind == "cosine":
        share = min(epoch / epochs, 1.0)
        return warm * (schedule.final + (1 - schedule.final) * (1 + math.cos(math.pi * share)) / 2)
    return warm


def scheduler(
    optimiser: torch.optim.Optimizer, schedule: config.Schedule, *, epochs: int, steps: int
) -> torch.optim.lr_scheduler.LambdaLR:
    """Moves once per step; ``steps`` make an epoch."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: rate(schedule, step / steps, epochs)
    )
