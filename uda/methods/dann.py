"""The adversarial control: source losses and domain confusion of frames and videos, no teacher.

Domain-adversarial training (Ganin and Lempitsky, 2015) at two levels: what Synthetic-to-Real is
without its stitched videos, its teacher and its learned weights.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import nn

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.losses.adversarial import reversal_strength
from uda.methods.contract import Facts, Method
from uda.methods.parts.confusion import Confusion, DomainConfusion
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.two_domains import both_domains


class DannSettings(Confusion):
    """Settings of domain-adversarial training."""

    domain_weight: float = Field(default=0.21, ge=0, description="weight of the domain losses")


class Dann(Method):
    """L = L_ce + L_tri + w (L1^S + L2^S)."""

    Settings = DannSettings
    recipe = "dann"
    config: DannSettings

    def __init__(self, student: nn.Module, config: DannSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.confusion = DomainConfusion(facts, config.hidden, ("frame", "video"))

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        terms = source_losses(source, labelled.labels["identity"], self.config)
        terms |= self.confusion(source, target, reversal_strength(progress, self.config.steepness))
        domain = terms["domain_frame"] + terms["domain_video"]
        total = supervised(terms, self.config) + self.config.domain_weight * domain
        return {"loss": total, **terms}
