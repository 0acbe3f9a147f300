"""Batch-norm statistics made anew from unlabelled clips, as AdaBN and camera-based BN test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

BATCHES = 50
"""Batches that statistics are averaged over, at most (camera-based BN's code takes as many)."""


@contextmanager
def statistics_restored(model: nn.Module) -> Iterator[None]:
    """Running statistics are afterwards what they were before."""
    norms = _norms(model)
    before = [{name: value.clone() for name, value in norm.named_buffers()} for norm in norms]
    try:
        yield
    finally:
        for norm, state in zip(norms, before, strict=True):
            norm.load_state_dict(state, strict=False)


@torch.no_grad()
def estimate_statistics(
    model: nn.Module, batches: Iterable[torch.Tensor], share: float = 1.0
) -> int:
    """Replaces running statistics by the plain average over batches of clips ``(B, T, 3, H, W)``,
    normalised and on the model's device. Weights stay.

    A batch of one clip says nothing about the spread of features and is left out. Norms that none
    has passed keep the statistics they had. Li et al., Revisiting Batch Normalization For Practical
    Domain Adaptation, 2016.

    Args:
        model: its batch norms are changed in place.
        batches: at most `BATCHES` of them are used.
        share: of the average; the rest are the statistics that the norms had, as a prior (as
            Schneider et al., Improving robustness against common corruptions by covariate shift
            adaptation, NeurIPS 2020, mix those of test and training).

    Returns:
        The number of batches used.
    """
    norms = [norm for norm in _norms(model) if norm.track_running_stats]
    before = [{name: value.clone() for name, value in norm.named_buffers()} for norm in norms]
    momenta = [norm.momentum for norm in norms]
    training = [module.training for module in model.modules()]
    model.eval()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average
        norm.train()
    used = 0
    try:
        for clips in islice((clips for clips in batches if len(clips) > 1), BATCHES):
            model(clips)
            used += 1
    finally:
        for module, mode in zip(model.modules(), training, strict=True):
            module.training = mode
        for norm, state, momentum in zip(norms, before, momenta, strict=True):
            norm.momentum = momentum
            if norm.num_batches_tracked is not None and not int(norm.num_batches_tracked):
                norm.load_state_dict(state, strict=False)
            elif share < 1:
                for name in ("running_mean", "running_var"):
                    getattr(norm, name).lerp_(state[name], 1 - share)
    return used


def has_statistics(model: nn.Module) -> bool:
    """Whether there are batch norms with running statistics in a model."""
    return any(norm.track_running_stats for norm in _norms(model))


def _norms(model: nn.Module) -> list[_BatchNorm]:
    return [module for module in model.modules() if isinstance(module, _BatchNorm)]
