"""The control that adapts batch-norm statistics alone (AdaBN; Li et al., 2016).

The authors' released code of Synthetic-to-Real detaches features before its adversarial and
consistency losses: what its target batches really change is the batch-norm statistics.
"""

from __future__ import annotations

import torch

from uda.config import SourceLosses
from uda.methods.contract import LabelledBatch, Method, UnlabelledBatch
from uda.methods.source_only import source_losses
from uda.methods.two_domains import of_source, of_target
from uda.training.statistics import running_statistics_untouched


class AdaBN(Method):
    """Weights learn from source batches, running statistics from target batches."""

    config: SourceLosses

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        with running_statistics_untouched(self.student):
            features = of_source(self.student, labelled)
        with torch.no_grad():
            of_target(self.student, unlabelled)
        terms = source_losses(features, labelled.labels, self.config)
        return {"loss": terms["identity"] + terms["triplet"], **terms}
