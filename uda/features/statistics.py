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
    """Replaces running statistics by their average over batches of clips ``(B, T, 3, H, W)``,
    normalised and on the model's device. Weights stay.

    A batch counts by its frames: the last two clips of a camera for two, not for as much as all
    batches before. One of a single clip says nothing about the spread of features and is left out.
    Norms that none has passed keep the statistics they had. Li et al., Revisiting Batch
    Normalization For Practical Domain Adaptation, 2016.

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
        norm.momentum = None  # a plain average, of a norm that a batch passes several times
        norm.train()
    averages = [_Average(norm) for norm in norms]
    used = 0
    try:
        for clips in islice((clips for clips in batches if len(clips) > 1), BATCHES):
            for norm in norms:
                norm.reset_running_stats()
            model(clips)
            for average in averages:
                average.add(clips.shape[0] * clips.shape[1])
            used += 1
    finally:
        for module, mode in zip(model.modules(), training, strict=True):
            module.training = mode
        parts = zip(norms, averages, before, momenta, strict=True)
        for norm, average, state, momentum in parts:
            norm.momentum = momentum
            if not average.take():
                norm.load_state_dict(state, strict=False)
            elif share < 1:
                for name in ("running_mean", "running_var"):
                    getattr(norm, name).lerp_(state[name], 1 - share)
    return used


class _Average:
    """Running statistics of a norm, batch after batch; computed where the norm is, unwaited for."""

    def __init__(self, norm: _BatchNorm) -> None:
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert norm.num_batches_tracked is not None
        self._passed, self._of = norm.num_batches_tracked, (norm.running_mean, norm.running_var)
        self._averages = [torch.zeros_like(value) for value in self._of]
        self._frames = torch.zeros_like(self._of[0][0])
        self._batches = torch.zeros_like(self._passed)

    def add(self, frames: int) -> None:
        """Takes what the norm says of a batch of so many frames; nothing where it did not pass."""
        weight = frames * self._passed.clamp(max=1).to(self._frames)
        self._frames += weight
        self._batches += self._passed
        share = weight / self._frames.clamp(min=1)
        for average, value in zip(self._averages, self._of, strict=True):
            average.lerp_(value, share)

    def take(self) -> bool:
        """Gives the norm the average over all batches; False: none has passed it."""
        for value, average in zip(self._of, self._averages, strict=True):
            value.copy_(average)
        self._passed.copy_(self._batches)
        return bool(self._batches)


def has_statistics(model: nn.Module) -> bool:
    """Whether there are batch norms with running statistics in a model."""
    return any(norm.track_running_stats for norm in _norms(model))


def _norms(model: nn.Module) -> list[_BatchNorm]:
    return [module for module in model.modules() if isinstance(module, _BatchNorm)]
