"""Methods by name on a student, and batches of clips to give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from uda.batches.batch import LabelledBatch, Labels, UnlabelledBatch
from uda.methods.contract import Facts, Method
from uda.methods.registry import find


def built(
    name: str,
    student: nn.Module,
    tracklets: int = 0,
    labels: Labels | None = None,
    target: Labels | None = None,
    **chosen: Any,
) -> Method:
    """The method in training mode, with ``chosen`` settings."""
    owner = find(name)
    settings = owner.Settings.model_validate({"name": name, **chosen})
    facts = Facts.of(student, tracklets, labels, target=target)
    return owner(student, settings, facts).train()


def labelled(clips: torch.Tensor, people: Sequence[int], **more: Sequence[int]) -> LabelledBatch:
    """Clips of ``people`` under camera 0, with ``more`` labels by name."""
    given = {"identity": people, "camera": [0] * len(people)} | more
    labels = {name: torch.tensor(values) for name, values in given.items()}
    which = torch.zeros(len(clips), dtype=torch.long)
    return LabelledBatch(clips, labels, which, tuple(given["camera"]))


def unlabelled(clips: torch.Tensor, tracklets: Sequence[int] | None = None) -> UnlabelledBatch:
    """Clips of ``tracklets``, of one each by default, under camera 0."""
    which = torch.arange(len(clips)) if tracklets is None else torch.tensor(tracklets)
    labels = {"camera": torch.zeros(len(clips), dtype=torch.long)}
    return UnlabelledBatch(clips, labels, which, (0,) * len(clips))
