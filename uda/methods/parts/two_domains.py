"""A student's view of a source and a target batch, and whose statistics batch norms keep."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from reid_models.domain_norm import reading, separates_domains
from reid_models.outputs import Features
from torch import nn

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.config import MethodSettings
from uda.methods.parts.source_losses import SourceLosses
from uda.methods.parts.statistics import running_statistics_untouched

Statistics = Literal["joint", "target"]


class DomainStatistics(MethodSettings):
    """How a student that sees both domains normalises them."""

    statistics: Statistics = Field(
        default="target",
        description="joint: source and target share a forward pass and batch-norm statistics; "
        "target: two passes, and only the target's statistics are kept for testing",
    )


class TwoDomains(SourceLosses, DomainStatistics):
    """Settings of a method with source losses whose student sees both domains."""


def both_domains(
    student: nn.Module,
    labelled: LabelledBatch,
    unlabelled: UnlabelledBatch,
    statistics: Statistics = "target",
) -> tuple[Features, Features]:
    """Features of source and target clips.

    "target": separate passes normalise each domain by itself; only the target's running
    statistics are kept, since the target is what the student is tested on. "joint": one pass.
    A student that keeps a norm for each domain keeps the statistics of both.
    """
    if statistics == "joint":
        both: Features = student(torch.cat([labelled.clips, unlabelled.clips]))
        n = len(labelled.clips)
        return both.part(0, n), both.part(n, n + len(unlabelled.clips))
    if separates_domains(student):
        source = of_source(student, labelled)
    else:
        with running_statistics_untouched(student):
            source = of_source(student, labelled)
    return source, of_target(student, unlabelled)


def of_source(model: nn.Module, batch: LabelledBatch) -> Features:
    """Features of source clips, normalised as such."""
    with reading(model, "source", batch.cameras):
        features: Features = model(batch.clips)
    return features


def of_target(model: nn.Module, batch: UnlabelledBatch, *, mirrored: bool = False) -> Features:
    """Features of target clips, or of their mirror images, normalised as such."""
    with reading(model, "target", batch.cameras):
        features: Features = model(batch.clips.flip(-1) if mirrored else batch.clips)
    return features
