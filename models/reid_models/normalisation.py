"""Normalisation layers."""

from __future__ import annotations

import torch
from torch import nn


class InstanceBatchNorm(nn.Module):
    """Instance normalisation of half the channels, batch normalisation of the rest (IBN-a).

    The instance half forgets contrast and colour cast, which is what differs between cameras and
    between rendered and real. Pan et al., Two at Once, ECCV 2018.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.sizes = [channels // 2, channels - channels // 2]
        self.instance = nn.InstanceNorm2d(self.sizes[0], affine=True)
        self.batch = nn.BatchNorm2d(self.sizes[1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(N, C, H, W)`` to the same shape."""
        first, second = x.split(self.sizes, dim=1)
        return torch.cat([self.instance(first), self.batch(second)], dim=1)
