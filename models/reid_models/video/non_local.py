"""Every position of a clip looks at every other. Wang et al., Non-local Neural Networks, CVPR 2018,
as AP3D (Gu et al., ECCV 2020) uses them."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class NonLocal(nn.Module):
    """``x + W softmax(theta phi') g``: the embedded Gaussian over all positions and frames.

    ``phi`` and ``g`` are pooled 2x2 in space first. W ends in a normalisation that starts at zero,
    so that the block starts as the identity. A single row or column is not pooled across.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.theta = nn.Conv2d(channels, channels // 2, 1)
        self.phi = nn.Conv2d(channels, channels // 2, 1)
        self.g = nn.Conv2d(channels, channels // 2, 1)
        self.W = nn.Sequential(nn.Conv2d(channels // 2, channels, 1), nn.BatchNorm2d(channels))
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(part, nn.BatchNorm2d):
                nn.init.zeros_(part.weight)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, h, w)`` to the same shape."""
        shape = clips.shape[:2]
        images = clips.flatten(0, 1)
        theta, phi, g = (
            self._positions(maps, shape[0])
            for maps in (self.theta(images), _halved(self.phi(images)), _halved(self.g(images)))
        )
        collected = F.softmax(theta @ phi.transpose(1, 2), dim=-1) @ g
        maps = collected.transpose(1, 2).unflatten(2, (shape[1], *clips.shape[3:]))
        return clips + self.W(maps.transpose(1, 2).flatten(0, 1)).unflatten(0, shape)

    @staticmethod
    def _positions(maps: torch.Tensor, batch: int) -> torch.Tensor:
        """``(B T, C, h, w)`` to ``(B, T h w, C)``."""
        return maps.unflatten(0, (batch, -1)).permute(0, 1, 3, 4, 2).flatten(1, 3)


def _halved(maps: torch.Tensor) -> torch.Tensor:
    height, width = maps.shape[2:]
    return F.max_pool2d(maps, (min(2, height), min(2, width)))
