"""Every position of a map looks at all others. Zhang et al., Self-Attention Generative Adversarial
Networks, ICML 2019."""

from __future__ import annotations

import torch
from torch import nn


class SelfAttention(nn.Module):
    """``x + gamma h softmax(f' g)`` with 1x1 convolutions f, g to C / 8 channels and h to C.

    gamma starts at zero, so that the block starts as the identity. The softmax is over the
    positions that are looked at, for each position that looks (the paper's Eq. 1 and 2).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.f = nn.Conv2d(channels, channels // 8, 1)
        self.g = nn.Conv2d(channels, channels // 8, 1)
        self.h = nn.Conv2d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(N, C, h, w)`` to the same shape."""
        f, g, h = (part(maps).flatten(2) for part in (self.f, self.g, self.h))
        seen = torch.softmax(f.transpose(1, 2) @ g, dim=1)  # (N, looked at, looking)
        return maps + self.gamma * (h @ seen).unflatten(2, maps.shape[2:])
