"""The mean teacher: an exponential moving average of the student (Synthetic-to-Real, Eq. 11)."""

from __future__ import annotations

import copy
from typing import Literal

import torch
from pydantic import Field
from reid_models.outputs import Features
from torch import nn

from uda.methods.parts.statistics import running_statistics_untouched
from uda.methods.parts.two_domains import TwoDomains


class Teacher(TwoDomains):
    """Settings of a method with a mean teacher."""

    ema_decay: float = Field(default=0.99, ge=0, lt=1, description="decay of the teacher per step")
    tested: Literal["student", "teacher"] = Field(
        default="student", description="whose weights are evaluated and kept"
    )


class MeanTeacher(nn.Module):
    """A copy of the student that follows it slowly, weights and buffers alike.

    The decay at step n is min(1 - 1 / (n + 1), ``decay``): a plain average at first. The step
    counter is part of the state and never reset, nor is the teacher ever overwritten.

    While training, the teacher normalises by the batch as the student does, or the two would
    disagree about every clip for that reason alone; the averaged statistics serve at test time.
    """

    step: torch.Tensor

    def __init__(self, student: nn.Module, *, decay: float = 0.99) -> None:
        super().__init__()
        self.model = copy.deepcopy(student).requires_grad_(False)
        self.decay = decay
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def forward(self, clips: torch.Tensor) -> Features:
        with running_statistics_untouched(self.model):
            return self.model(clips)

    @torch.no_grad()
    def update(self, student: nn.Module) -> None:
        self.step += 1
        decay = min(1 - 1 / (int(self.step) + 1), self.decay)
        mine = self.model.state_dict()
        for name, theirs in student.state_dict().items():
            if mine[name].is_floating_point():
                mine[name].lerp_(theirs.to(mine[name]), 1 - decay)
            else:
                mine[name].copy_(theirs)
