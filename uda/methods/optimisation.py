"""Optimisers and their learning rates over time."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from uda import config


class Optimised(NamedTuple):
    """An optimiser and the schedule of its learning rate, which moves once per step."""

    optimiser: torch.optim.Optimizer
    schedule: LRScheduler


class Optimisation(NamedTuple):
    """What the recipe says of optimisation; ``steps`` make an epoch. ``backbone`` are the weights
    that learn at their own share of the rate (``optimiser.backbone``), and how many layers before
    the head each lies (``optimiser.layer_decay``). ``fused``: all weights move in one kernel, for a
    GPU."""

    optimiser: config.Optimiser
    schedule: config.Schedule
    epochs: int
    steps: int
    backbone: Mapping[nn.Parameter, int] = MappingProxyType({})
    fused: bool = False

    def build(
        self,
        parameters: Iterable[nn.Parameter],
        *,
        optimiser: config.Optimiser | None = None,
        schedule: config.Schedule | None = None,
        share: Callable[[], float] = lambda: 1.0,
    ) -> Optimised:
        """An optimiser of some weights, by the recipe where nothing else is given.

        Args:
            parameters: weights; those without a gradient are left out.
            optimiser: another kind or learning rate than the recipe's.
            schedule: another schedule than the recipe's, such as ``Schedule(kind="constant")``.
            share: asked after each step: of the scheduled rate, for what depends on the training.
        """
        built = build(
            optimiser or self.optimiser, parameters, backbone=self.backbone, fused=self.fused
        )
        rates = schedule or self.schedule
        moved = scheduler(built, rates, epochs=self.epochs, steps=self.steps, share=share)
        return Optimised(built, moved)


def build(
    settings: config.Optimiser,
    parameters: Iterable[nn.Parameter],
    *,
    backbone: Mapping[nn.Parameter, int] = MappingProxyType({}),
    fused: bool = False,
) -> torch.optim.Optimizer:
    """Weight decay acts on matrices and kernels only, not on biases, norms and loss weights, unless
    ``settings.decay_all``. A weight of ``backbone`` that lies n layers before the head learns at
    the share ``settings.backbone`` x ``settings.layer_decay`` ^ n of the rate."""
    parts: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for parameter in parameters:
        if parameter.requires_grad:
            share = 1.0
            if parameter in backbone:
                share = settings.backbone * settings.layer_decay ** backbone[parameter]
            parts.setdefault((share, parameter.ndim < 2), []).append(parameter)
    shares = sorted({share for share, _ in parts} - {1.0}, reverse=True)
    groups = [
        {
            "params": parts.get((share, flat), []),
            "lr": settings.lr * share,
            "weight_decay": settings.weight_decay if settings.decay_all or not flat else 0.0,
        }
        for share in (1.0, *shares)
        for flat in (False, True)
    ]
    chosen = True if fused else None  # None: torch's choice
    if settings.name == "sgd":
        return torch.optim.SGD(
            groups, lr=settings.lr, momentum=0.9, nesterov=settings.nesterov, fused=chosen
        )
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[settings.name](groups, lr=settings.lr, fused=chosen)


def rate(schedule: config.Schedule, epoch: float, epochs: int) -> float:
    """The learning rate at a (fractional) epoch, as a share of its highest value."""
    warm = 1.0
    if epoch < schedule.warmup:
        start = schedule.warmup_from
        warm = start + (1 - start) * epoch / schedule.warmup
    if schedule.kind == "multistep":
        return warm * schedule.gamma ** bisect.bisect_right(sorted(schedule.milestones), epoch)
    if schedule.kind == "cosine":
        share = min(epoch / epochs, 1.0)
        return warm * (schedule.final + (1 - schedule.final) * (1 + math.cos(math.pi * share)) / 2)
    return warm


def scheduler(
    optimiser: torch.optim.Optimizer,
    schedule: config.Schedule,
    *,
    epochs: int,
    steps: int,
    share: Callable[[], float] = lambda: 1.0,
) -> LambdaLR:
    """Moves once per step; ``steps`` make an epoch. Rates are multiplied by ``share``."""
    if schedule.warmup_steps:
        in_epochs = {"warmup": schedule.warmup_steps / steps, "warmup_steps": None}
        schedule = schedule.model_copy(update=in_epochs)
    return LambdaLR(optimiser, lambda step: share() * rate(schedule, step / steps, epochs))
