"""Batch-norm statistics: whose are used, and whose are remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


@contextmanager
def running_statistics_untouched(model: nn.Module) -> Iterator[None]:
    """Batch norms normalise by the batch, and do not remember it."""
    layers = [layer for layer in model.modules() if isinstance(layer, _BatchNorm)]
    tracking = [layer.track_running_stats for layer in layers]
    for layer in layers:
        layer.track_running_stats = False
    try:
        yield
    finally:
        for layer, tracked in zip(layers, tracking, strict=True):
            layer.track_running_stats = tracked
