"""What a method is: a student to train, and losses from a source and a target batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from torch import nn


class LabelledBatch(NamedTuple):
    """Source clips (B, T, 3, H, W), identities (B,) in [0, K) and cameras (B,).

    ``tracklets`` (B,) are positions among the source's training tracklets, ``clothes`` (B,) in
    [0, C) what is worn, where the source says so.
    """

    clips: torch.Tensor
    labels: torch.Tensor
    cameras: torch.Tensor
    tracklets: torch.Tensor | None = None
    clothes: torch.Tensor | None = None


class UnlabelledBatch(NamedTuple):
    """Target clips (B, T, 3, H, W), which of the N target tracklets each is of (B,), cameras (B,).

    A tracklet's number is its position in the target, not an identity: nothing else is known.
    """

    clips: torch.Tensor
    tracklets: torch.Tensor
    cameras: torch.Tensor


class Sizes(NamedTuple):
    """Dimensions of a student's frame and video features, the number of target tracklets, and
    the identity that wears each of the source's clothes, where it says what is worn."""

    frame: int
    video: int
    tracklets: int = 0
    clothes: tuple[int, ...] = ()


TargetFeatures = Callable[[nn.Module], torch.Tensor]
"""A model's embeddings of all N target tracklets, (N, D) of length 1; no gradient."""


class Method(nn.Module):
    """One way to train a student; see `source_only` for the shortest.

    Whatever a method keeps between steps (teacher, classifiers, memory) is a parameter or a
    buffer, so that a checkpoint holds all of it.
    """

    uses_target: ClassVar[bool] = True

    def __init__(self, student: nn.Module, config: Any, sizes: Sizes) -> None:
        super().__init__()
        self.student = student
        self.config = config
        self.sizes = sizes
        # The module that is evaluated and kept as the run's model.
        teaches = getattr(config, "tested", "student") == "teacher"
        self.tested = "teacher.model" if teaches else "student"

    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Called before an epoch's first step, with the share of the training that is done."""

    def target_groups(self) -> Sequence[int] | None:
        """Groups of target tracklets, N numbers with -1 for none, that this epoch's target
        batches are drawn by (P groups, K clips each); None: batches are drawn at random."""
        return None

    def target_clusters(self) -> Sequence[int] | None:
        """Clusters of the N target tracklets, -1 for none, to be looked at; None: no clusters."""
        return self.target_groups()

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        """Scalars by name: "loss" is minimised; others with a gradient are its terms, the rest
        are metrics. ``progress`` is the share of the training that is done, in [0, 1)."""
        raise NotImplementedError

    def after_step(self) -> None:
        """Called once the optimiser has moved the weights."""
