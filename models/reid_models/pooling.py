"""From maps to one feature per image, and from the features of a clip's frames to one per clip."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from reid_models.temporal_transformer import TemporalTransformer


class GeM(nn.Module):
    """Generalised mean, (mean x^p)^(1/p), of the non-negative part of a map, with p learned.

    p = 1 averages; towards infinity it becomes the maximum. Radenović et al., Fine-tuning CNN Image
    Retrieval with No Human Annotation, TPAMI 2018, Eq. 3; p starts at 3 and is shared by all
    channels. Values below ``least`` count as ``least``, because a negative number has no root.
    """

    def __init__(self, stripes: int = 1, exponent: float = 3.0, least: float = 1e-6) -> None:
        super().__init__()
        self.size = (stripes, 1)
        self.least = least
        self.exponent = nn.Parameter(torch.tensor([exponent]))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(N, D, h, w)`` to ``(N, D, stripes, 1)``."""
        powers = maps.clamp(min=self.least).pow(self.exponent)
        return F.adaptive_avg_pool2d(powers, self.size).pow(1 / self.exponent)


def average(stripes: int) -> nn.Module:
    return nn.AdaptiveAvgPool2d((stripes, 1))


def maximum(stripes: int) -> nn.Module:
    return nn.AdaptiveMaxPool2d((stripes, 1))


def token(stripes: int) -> nn.Module:
    """Nothing is left to pool: the backbone gives one token for each image."""
    return nn.Identity()


class TemporalAverage(nn.Module):
    """The mean over frames, which Gao and Nevatia (2018) found hard to beat."""

    def __init__(self, features: int) -> None:
        super().__init__()

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Frames ``(B, T, D)`` to videos ``(B, D)``."""
        return frames.mean(1)


class TemporalAttention(nn.Module):
    """A weighted mean over frames; what a frame weighs is read off its feature.

    With f_t the feature of frame t,

        s_t = v . ReLU(W f_t + b),   a = softmax(s) over the T frames,   video = sum_t a_t f_t.

    The attention of Gao and Nevatia, Revisiting Temporal Modeling for Video-based Person ReID, 2018
    (Section 3.3), without their temporal convolution: the order of frames does not matter, so that
    neither sampling nor length does. It reads pooled features rather than maps, and leaves out
    their factor 1/T, so that the result has an average's scale.
    """

    def __init__(self, features: int, hidden: int = 256) -> None:
        super().__init__()
        self.reduce = nn.Linear(features, hidden)
        # A bias here would add the same to every score, which softmax forgets.
        self.score = nn.Linear(hidden, 1, bias=False)
        nn.init.normal_(self.score.weight, std=0.001)  # nearly an average to begin with

    def weights(self, frames: torch.Tensor) -> torch.Tensor:
        """Frames ``(B, T, D)`` to what each weighs ``(B, T)``; a clip's weights sum to one."""
        return self.score(F.relu(self.reduce(frames))).squeeze(-1).softmax(dim=1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Frames ``(B, T, D)`` to videos ``(B, D)``."""
        return (self.weights(frames).unsqueeze(-1) * frames).sum(1)


SPATIAL: dict[str, Callable[[int], nn.Module]] = {
    "average": average,
    "max": maximum,
    "gem": GeM,
    "token": token,
}
"""By the number of stripes: from maps ``(N, D, h, w)`` to ``(N, D, stripes, 1)``."""

TEMPORAL: dict[str, Callable[[int], nn.Module]] = {
    "average": TemporalAverage,
    "attention": TemporalAttention,
    "transformer": TemporalTransformer,
}
"""By D: from frames ``(B, T, D)`` to videos ``(B, D)``."""
