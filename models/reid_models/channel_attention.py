"""What each channel of a map counts. Hu et al., Squeeze-and-Excitation Networks, CVPR 2018."""

from __future__ import annotations

import torch
from torch import nn


class ChannelAttention(nn.Module):
    """``sigmoid(W2 ReLU(W1 mean(x))) x``, through C / 16 channels."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.weights = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // reduction, 1),
            nn.ReLU(),
            nn.Conv2d(channels // reduction, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(N, C, h, w)`` to the same shape."""
        weighted: torch.Tensor = self.weights(maps) * maps
        return weighted
