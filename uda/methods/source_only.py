"""The control: identity and triplet loss on source, the target is never looked at."""

from __future__ import annotations

from typing import ClassVar

import torch

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.methods.contract import Method
from uda.methods.parts.source_losses import SourceLosses, source_losses, supervised
from uda.methods.parts.two_domains import of_source


class SourceOnly(Method):
    """L = L_ce + L_tri (Synthetic-to-Real, Eq. 5 and 6)."""

    Settings = SourceLosses
    recipe = "source_only"
    uses_target: ClassVar[bool] = False
    trains_on_target: ClassVar[bool] = False
    config: SourceLosses

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        features = of_source(self.student, labelled)
        terms = source_losses(features, labelled.labels["identity"], self.config)
        return {"loss": supervised(terms, self.config), **terms}
