"""Two stages: the source first, then groups of the target, found anew every now and then.

The frame of UDA Strong Baseline and of GLT (Zheng et al., CVPR 2021), which stands on it.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from reid_models.outputs import Features
from torch import nn

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.methods.contract import Facts, Method
from uda.methods.parts.counter import Counter
from uda.methods.parts.ema import MeanTeacher, Teacher
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.target_norms import TargetNorms
from uda.methods.parts.two_domains import both_domains


class Stages(Teacher):
    """Settings of a method with two stages."""

    ema_decay: float = Field(default=0.999, ge=0, lt=1, description="decay of the teacher per step")
    tested: Literal["student", "teacher"] = Field(
        default="teacher", description="whose weights are evaluated and kept"
    )
    triplet: Literal["margin", "softmax"] = Field(
        default="softmax", description="of the source's triplets: with a margin, or which is nearer"
    )
    start: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="when groups are found and the source is left, as a share of the training",
    )
    refresh: float = Field(
        default=0.1, gt=0, le=1, description="groups are found anew after this share of training"
    )


class SourceThenTarget(Method):
    """Student and mean teacher. Up to ``start`` the source is learned, and target clips pass for
    the sake of the batch norms; then both pass, and `on_target` says what is learned."""

    config: Stages

    def __init__(self, student: nn.Module, config: Stages, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.teacher = MeanTeacher(student, decay=config.ema_decay)
        self.target_norms = TargetNorms()
        # The refresh that groups are of, counted from 1; 0: there have been none.
        self.refreshed = Counter()

    def due(self, progress: float) -> bool:
        """Whether groups are to be found now. Too few of them are looked for every epoch again."""
        if progress < self.config.start:
            return False
        now = int((progress - self.config.start) / self.config.refresh + 1e-9) + 1
        if self.adapting and now <= int(self.refreshed):
            return False
        self.refreshed.set(now)
        return True

    @property
    def adapting(self) -> bool:
        """Whether there are groups of the target to be told apart."""
        raise NotImplementedError

    def on_target(
        self, source: Features, target: Features, labelled: LabelledBatch, batch: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        """Losses of the second stage, as `losses` gives them; ``batch`` is the target's."""
        raise NotImplementedError

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        if self.adapting:
            return self.on_target(source, target, labelled, unlabelled)
        terms = source_losses(source, labelled.labels["identity"], self.config)
        return {"loss": supervised(terms, self.config), **terms}

    @torch.no_grad()
    def after_step(self) -> None:
        self.target_norms.after_step(self.student, on_target=self.adapting)
        self.teacher.update(self.student)
