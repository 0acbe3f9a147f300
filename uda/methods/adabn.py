"""The control that adapts batch-norm statistics alone (AdaBN; Li et al., 2016).

The authors' released code of Synthetic-to-Real detaches features before its adversarial and
consistency losses: what its target batches really change is the batch-norm statistics.
"""

from __future__ import annotations

from typing import ClassVar

import torch

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.methods.contract import Method
from uda.methods.parts.source_losses import SourceLosses, source_losses, supervised
from uda.methods.parts.statistics import running_statistics_untouched
from uda.methods.parts.two_domains import of_source, of_target


class AdaBN(Method):
    """Weights learn from source batches, running statistics from target batches."""

    Settings = SourceLosses
    recipe = "adabn"
    trains_on_target: ClassVar[bool] = False
    config: SourceLosses

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        with running_statistics_untouched(self.student):
            features = of_source(self.student, labelled)
        with torch.no_grad():
            of_target(self.student, unlabelled)
        terms = source_losses(features, labelled.labels["identity"], self.config)
        return {"loss": supervised(terms, self.config), **terms}
