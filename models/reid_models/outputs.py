"""What every model returns, so that every method can use every model."""

from __future__ import annotations

from typing import NamedTuple

import torch


class Features(NamedTuple):
    """Features of a batch of B clips of T frames.

    ``frames``    (B, T, D) per-frame features after spatial pooling;
    ``video``     (B, D) temporal average, before the BNNeck: metric losses act here;
    ``embedding`` (B, D) after the BNNeck: what is compared at test time;
    ``logits``    (B, K) identity scores, or None for a model built without a classifier.
    """

    frames: torch.Tensor
    video: torch.Tensor
    embedding: torch.Tensor
    logits: torch.Tensor | None

    def part(self, first: int, end: int) -> Features:
        """The features of clips ``first`` to ``end`` (not included) of the batch."""
        scores = None if self.logits is None else self.logits[first:end]
        return self._replace(
            frames=self.frames[first:end],
            video=self.video[first:end],
            embedding=self.embedding[first:end],
            logits=scores,
        )
