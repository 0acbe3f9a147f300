"""The control that adapts batch-norm statistics alone (AdaBN; Li et al., 2016).

The authors' released code of Synthetic-to-Real detaches features before its adversarial and
consistency losses: what its target batches really change is the batch-norm statistics.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from uda.config import SourceLosses
from uda.methods.contract import LabelledBatch, Method, UnlabelledBatch
from uda.methods.source_only import source_losses


class AdaBN(Method):
    """Weights learn from source batches, running statistics from target batches."""

    def __init__(self, student: nn.Module, config: SourceLosses) -> None:
        super().__init__(student)
        self.config = config

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        with running_statistics_untouched(self.student):
            features = self.student(labelled.clips)
        with torch.no_grad():
            self.student(unlabelled.clips)
        terms = source_losses(features, labelled.labels, self.config)
        return {"loss": terms["identity"] + terms["triplet"], **terms}


@contextmanager
def running_statistics_untouched(model: nn.Module) -> Iterator[None]:
    """Batch norms normalise by the batch, and do not remember it."""
    layers = [layer for layer in model.modules() if isinstance(layer, _BatchNorm)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
