"""The consistency control: a student that sees target clips as the mean of its past selves does.

Tarvainen and Valpola, Mean teachers are better role models, NeurIPS 2017, on features instead of
class scores: a target has no classes. No adversary, no clusters.
"""

from __future__ import annotations

import math

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.methods.contract import Facts, Method
from uda.methods.parts import ema
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.two_domains import both_domains, of_target


class MeanTeacherSettings(ema.Teacher):
    """Settings of the consistency control."""

    consistency_weight: float = Field(default=10.0, ge=0, description="weight of the consistency")
    consistency_ramp: float = Field(
        default=0.3, ge=0, le=1, description="share of the training over which it grows"
    )


class MeanTeacher(Method):
    """L = L_ce + L_tri + w r(p) |s(x) - t(mirrored x)|^2, with s and t embeddings of length 1.

    The ramp r(p) = exp(-5 (1 - p / ``consistency_ramp``)^2) is the authors'.
    """

    Settings = MeanTeacherSettings
    recipe = "mean_teacher"
    config: MeanTeacherSettings

    def __init__(self, student: nn.Module, config: MeanTeacherSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.teacher = ema.MeanTeacher(student, decay=config.ema_decay)

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        terms = source_losses(source, labelled.labels["identity"], self.config)
        wanted = F.normalize(of_target(self.teacher, unlabelled, mirrored=True).embedding.float())
        found = F.normalize(target.embedding.float())
        terms["consistency"] = (found - wanted).square().sum(dim=1).mean()
        weight = self.config.consistency_weight * ramp(progress, self.config.consistency_ramp)
        total = supervised(terms, self.config) + weight * terms["consistency"]
        return {"loss": total, **terms}

    def after_step(self) -> None:
        self.teacher.update(self.student)


def ramp(progress: float, length: float) -> float:
    """exp(-5 (1 - progress / length)^2), and 1 from ``length`` on."""
    return 1.0 if progress >= length else math.exp(-5 * (1 - progress / length) ** 2)
