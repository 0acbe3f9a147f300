"""What a method is: a student to train, and losses from a source and a target batch."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch
from torch import nn


class LabelledBatch(NamedTuple):
    """Source clips (B, T, 3, H, W), identities (B,) in [0, K) and cameras (B,).

    ``tracklets`` (B,) are positions among the source's training tracklets.
    """

    clips: torch.Tensor
    labels: torch.Tensor
    cameras: torch.Tensor
    tracklets: torch.Tensor | None = None


class UnlabelledBatch(NamedTuple):
    """Target clips (B, T, 3, H, W). Nothing else is known about them.

    ``tracklets`` (B,) are positions among the target's training tracklets, for what a method or
    an error message remembers of each of them.
    """

    clips: torch.Tensor
    tracklets: torch.Tensor | None = None


class Method(nn.Module):
    """One way to train a student; see `source_only` for the shortest.

    Whatever a method keeps between steps (teacher, classifiers, memory) is a parameter or a
    buffer, so that a checkpoint holds all of it.
    """

    uses_target: ClassVar[bool] = True

    def __init__(self, student: nn.Module) -> None:
        super().__init__()
        self.student = student

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        """Scalars by name: "loss" is minimised; others with a gradient are its terms, the rest
        are metrics. ``progress`` is the share of the training that is done, in [0, 1)."""
        raise NotImplementedError

    def after_step(self) -> None:
        """Called once the optimiser has moved the weights."""
