"""The adversarial control: source losses and domain confusion of frames and videos, no teacher.

Domain-adversarial training (Ganin and Lempitsky, 2015) at two levels: what Synthetic-to-Real is
without its stitched videos, its teacher and its learned weights.
"""

from __future__ import annotations

import torch
from torch import nn

from uda.config import Dann as Settings
from uda.losses.adversarial import reversal_strength
from uda.methods.confusion import DomainConfusion
from uda.methods.contract import LabelledBatch, Method, Sizes, UnlabelledBatch
from uda.methods.source_only import source_losses
from uda.methods.two_domains import both_domains


class Dann(Method):
    """L = L_ce + L_tri + w (L1^S + L2^S)."""

    config: Settings

    def __init__(self, student: nn.Module, config: Settings, sizes: Sizes) -> None:
        super().__init__(student, config, sizes)
        self.confusion = DomainConfusion(sizes, config.hidden, ("frame", "video"))

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        terms = source_losses(source, labelled.labels, self.config)
        terms |= self.confusion(source, target, reversal_strength(progress, self.config.steepness))
        domain = terms["domain_frame"] + terms["domain_video"]
        total = terms["identity"] + terms["triplet"] + self.config.domain_weight * domain
        return {"loss": total, **terms}
