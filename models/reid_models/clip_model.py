"""What every model has, so that every method can use every model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from torch import nn


class ClipModel(nn.Module):
    """From clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics, to `Features`.

    ``feature_size`` is D of a clip's feature, ``frame_size`` that of a frame's; ``input_size`` is
    the (height, width) in pixels the model is meant for.
    """

    feature_size: int
    frame_size: int
    input_size: tuple[int, int]


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
