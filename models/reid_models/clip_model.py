"""What every model has, so that every method can use every model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import nn

from reid_models.attribute_heads import AttributeHeads
from reid_models.outputs import Features


class ClipModel(nn.Module):
    """From clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics, to `Features`.

    ``feature_size`` is D of a clip's feature, ``frame_size`` that of a frame's; ``input_size`` is
    the (height, width) in pixels the model is meant for. ``attribute_heads``, where there are any,
    read the embedding. Subclasses define ``features``.
    """

    feature_size: int
    frame_size: int
    input_size: tuple[int, int]
    attribute_heads: AttributeHeads | None

    def __init__(self) -> None:
        super().__init__()
        self.attribute_heads = None

    def forward(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics."""
        found = self.features(clips)
        if self.attribute_heads is None:
            return found
        return found._replace(attributes=self.attribute_heads(found.embedding))

    def features(self, clips: torch.Tensor) -> Features:
        """Everything but the attributes' scores."""
        raise NotImplementedError


class ClipArchitecture(Protocol):
    """What is known of a model that sees a clip as a whole, on a ResNet-50 named ``backbone``."""

    @property
    def title(self) -> str: ...
    @property
    def paper(self) -> str: ...
    @property
    def make(self) -> Callable[[int | None], Any]:
        """Number of identities, or None for no classifier, to the model."""

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width in pixels."""

    @property
    def clip_length(self) -> int:
        """Frames in a clip it was published for."""

    @property
    def published(self) -> tuple[float, float] | None:
        """Millions of parameters, and 10^9 multiply-additions for one such clip."""
