"""What every model returns, so that every method can use every model."""

from __future__ import annotations

from typing import NamedTuple

import torch


class Features(NamedTuple):
    """Features of a batch of B clips of T frames.

    ``frames``    (B, T, F) per-frame features after spatial pooling;
    ``video``     (B, D) the clip's feature before the BNNeck: metric losses act here. For image
                  backbones it is the mean of the frames and F is D; video models may differ;
    ``embedding`` (B, D) after the BNNeck: what is compared at test time;
    ``logits``    (B, K) identity scores, or None for a model built without a classifier;
    ``auxiliary`` further pairs of a video feature (B, D') before its own BNNeck and its identity
                  scores (B, K) or None, which deep supervision trains and nothing compares. Empty
                  for most models;
    ``maps``      (B, T, C, h, w) what frames are before they are pooled, or None for a model that
                  has no map of every frame;
    ``attributes`` scores (B, C) of the C values of each attribute by its name, or None for a model
                  without attribute heads.
    """

    frames: torch.Tensor
    video: torch.Tensor
    embedding: torch.Tensor
    logits: torch.Tensor | None
    auxiliary: tuple[tuple[torch.Tensor, torch.Tensor | None], ...] = ()
    maps: torch.Tensor | None = None
    attributes: dict[str, torch.Tensor] | None = None

    def turned(self) -> Features:
        """Features of mirrored clips with their maps turned back: places agree with the clips'."""
        return self._replace(maps=None if self.maps is None else self.maps.flip(-1))

    def part(self, first: int, end: int) -> Features:
        """The features of clips ``first`` to ``end`` (not included) of the batch."""
        rows = slice(first, end)
        return Features(
            frames=self.frames[rows],
            video=self.video[rows],
            embedding=self.embedding[rows],
            logits=None if self.logits is None else self.logits[rows],
            auxiliary=tuple(
                (video[rows], None if logits is None else logits[rows])
                for video, logits in self.auxiliary
            ),
            maps=None if self.maps is None else self.maps[rows],
            attributes=None
            if self.attributes is None
            else {name: scores[rows] for name, scores in self.attributes.items()},
        )
