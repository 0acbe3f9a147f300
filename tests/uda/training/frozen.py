"""Source-only training in which clips of a batch do not know of each other."""

from __future__ import annotations

import pytest
import torch
from torch.nn.modules.batchnorm import _BatchNorm

from uda.methods.source_only import SourceOnly


def freeze(patch: pytest.MonkeyPatch) -> None:
    """Identity loss alone, batch norms at test time's statistics: a mean over clips."""
    losses, train = SourceOnly.losses, SourceOnly.train

    def identity_only(self: SourceOnly, *batch: object) -> dict[str, torch.Tensor]:
        terms = losses(self, *batch)  # type: ignore[arg-type]
        return {"loss": terms["identity"], "identity": terms["identity"]}

    def frozen(self: SourceOnly, mode: bool = True) -> SourceOnly:
        train(self, mode)
        for layer in self.modules():
            if isinstance(layer, _BatchNorm):
                layer.eval()
        return self

    patch.setattr(SourceOnly, "losses", identity_only)
    patch.setattr(SourceOnly, "train", frozen)
