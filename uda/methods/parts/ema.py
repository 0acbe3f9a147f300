"""The mean teacher: an exponential moving average of the student (Synthetic-to-Real, Eq. 11)."""

from __future__ import annotations

import copy
from typing import Literal

import torch
from pydantic import Field
from reid_models.outputs import Features
from torch import nn

from uda.methods.parts.counter import Counter
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

    def __init__(self, student: nn.Module, *, decay: float = 0.99) -> None:
        super().__init__()
        self.model = copy.deepcopy(student).requires_grad_(False)
        self.decay = decay
        self.step = Counter()

    @torch.no_grad()
    def forward(self, clips: torch.Tensor) -> Features:
        with running_statistics_untouched(self.model):
            return self.model(clips)

    @property
    def kept(self) -> float:
        """The share of itself that it kept at the last update."""
        return min(1 - 1 / (int(self.step) + 1), self.decay)

    @torch.no_grad()
    def update(self, student: nn.Module) -> None:
        self.step.add(1)
        decay = self.kept
        theirs = student.state_dict()
        pairs = [(mine, theirs[name]) for name, mine in self.model.state_dict().items()]
        averaged = [pair for pair in pairs if pair[0].is_floating_point()]
        # All tensors in a few kernels instead of one each.
        torch._foreach_lerp_([m for m, _ in averaged], [t for _, t in averaged], 1 - decay)
        for mine, own in pairs:
            if not mine.is_floating_point():
                mine.copy_(own)
