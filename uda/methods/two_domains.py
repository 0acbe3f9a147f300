"""A student's view of a source and a target batch, and whose statistics batch norms keep."""

from __future__ import annotations

from typing import Literal

import torch
from reid_models.outputs import Features
from torch import nn

from uda.training.statistics import running_statistics_untouched

Statistics = Literal["joint", "target"]


def both_domains(
    student: nn.Module, source: torch.Tensor, target: torch.Tensor, statistics: Statistics
) -> tuple[Features, Features]:
    """Features of source and target clips, each ``(B, T, 3, H, W)``.

    "target": separate passes normalise each domain by itself; only the target's running
    statistics are kept, since the target is what the student is tested on. "joint": one pass.
    """
    if statistics == "target":
        with running_statistics_untouched(student):
            of_source = student(source)
        return of_source, student(target)
    both: Features = student(torch.cat([source, target]))
    return both.part(0, len(source)), both.part(len(source), len(source) + len(target))
