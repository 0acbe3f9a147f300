"""How features are compared at test time: from two sets of them to distances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from reid_models.outputs import Features

from uda.comparing.distance import Array

UNKNOWN = -1

Represent = Callable[[Features], torch.Tensor]
"""What is kept of the clips of a batch, (B, D); see `Comparison.represent`."""


@dataclass(frozen=True)
class Side:
    """Queries, or the gallery: a feature for each of N tracklets, and where each was seen.

    ``features`` (N, D) float32, on the device they were made on; ``cameras`` (N,) int64, ``times``
    (N,) int64 milliseconds since a start that all tracklets share, `UNKNOWN` where they are not
    known; ``lengths`` (N,) frames.
    """

    features: torch.Tensor
    cameras: np.ndarray
    times: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.features)


class Comparison:
    """Distances between queries and gallery. A method names its own (`Method.compares_by`).

    ``name`` is what a checkpoint calls it; what it has learned travels in `state`.
    """

    name: ClassVar[str]
    of_embeddings: ClassVar[bool] = True
    """Whether it compares embeddings, so that a file of the model alone can be put to use."""
    span: ClassVar[tuple[float, float] | None] = None
    """The least and the largest distance there can be, where they are known."""

    def represent(self, found: Features) -> torch.Tensor:
        """What is kept of clips (B, T, 3, H, W): (B, D), averaged over a tracklet's clips and
        scaled to length 1 afterwards. Default: the embedding."""
        return found.embedding

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        """Distances (rows, G) of consecutive queries to the whole gallery, smallest is nearest.

        Blocks, so that no more than one of them is in memory.
        """
        raise NotImplementedError

    def similarities(self, distances: torch.Tensor) -> torch.Tensor:
        """Of distances float64, in 0..1: 1 at the least there can be. Without a known `span`
        distances lie in 0..1."""
        low, high = self.span or (0.0, 1.0)
        return 1 - (distances - low) / (high - low)

    def state(self) -> dict[str, Any]:
        """What it has learned, in tensors, numbers and text; empty by default."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes what `state` gave."""
