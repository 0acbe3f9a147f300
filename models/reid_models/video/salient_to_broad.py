"""Later frames look away from what the first have found. Bai et al., Salient-to-Broad Transition
for Video Person Re-identification, CVPR 2022."""

from __future__ import annotations

from itertools import product

import torch
from torch import nn
from torch.nn import functional as F

from reid_models.video.integration_distribution import initialise


class SalientToBroad(nn.Module):
    """SBM: the first ``salient`` frames keep what is salient, the others are turned away from it.

    1. Both sides pass a channel gate. A 3x3 kernel, pooled from where the salient frames are
       active, is correlated with the broad ones.
    2. Each broad frame's answers become ``p``, a softmax over its N positions. A position that
       answers above average (``1 / (N p) < 1``) is kept by ``f = exp((1 / (N p) - 1) sharpness)``,
       any other by ``f = 1``.
    3. Broad frames become ``f x + propagation mean(salient)``; salient frames receive
       ``propagation`` times the mean of what the broad ones lost, weighted by ``1 - f``.
    """

    def __init__(
        self,
        channels: int,
        salient: int,
        kernel: int = 3,
        sharpness: float = 5.0,
        propagation: float = 0.1,
    ) -> None:
        super().__init__()
        self.salient, self.size = salient, kernel
        self.sharpness, self.propagation = sharpness, propagation
        self.kernel = nn.Sequential(
            nn.Conv2d(channels, kernel * kernel, 1), nn.BatchNorm2d(kernel * kernel), nn.ReLU()
        )
        self.se = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // 4, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // 4, channels, 1),
            nn.Sigmoid(),
        )
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                initialise(part)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, h, w)`` to the same shape; T above ``salient``."""
        gate = self.gate(clips)
        salient, broad = clips[:, : self.salient], clips[:, self.salient :]
        kept = self.kept(self.answers(F.relu(salient * gate), F.relu(broad * gate)))
        lost = 1 - kept
        # Where nothing is lost nothing is missed; the published code divides zero by zero there.
        missed = (lost * broad).mean((1, 3, 4), keepdim=True) / lost.mean(
            (1, 3, 4), keepdim=True
        ).clamp_min(1e-6)
        found = salient.mean((1, 3, 4), keepdim=True)
        return torch.cat(
            [salient + self.propagation * missed, broad * kept + self.propagation * found], dim=1
        )

    def gate(self, clips: torch.Tensor) -> torch.Tensor:
        """Weights of channels ``(B, 1, C, 1, 1)``, zero for those that live on the border.

        Padding excites some channels there whatever the picture shows. Maps of fewer than three
        rows or columns have no interior to compare the border with: they keep every channel.
        """
        # A map of the clip's mean is enough: everything here is a mean over frames.
        still = clips.mean(1)
        weights = self.se(still)
        if min(still.shape[2:]) > 2:
            inner = still[..., 1:-1, 1:-1].mean((2, 3), keepdim=True)
            central = inner / (still.mean((2, 3), keepdim=True) + 1e-8) > 1
            weights = weights * central.to(weights.dtype)
        return weights[:, None]

    def answers(self, salient: torch.Tensor, broad: torch.Tensor) -> torch.Tensor:
        """How broad frames ``(B, T - s, C, h, w)`` answer to salient ones ``(B, s, C, h, w)``,
        position by position ``(B, T - s, 1, h, w)``."""
        batch, length = salient.shape[:2]
        attention = self.kernel(salient.flatten(0, 1)).unflatten(0, (batch, length))
        attention = attention.permute(0, 1, 3, 4, 2).flatten(1, 3)
        attention = F.normalize(F.normalize(attention, p=1, dim=2), p=1, dim=1)
        kernels = attention.transpose(1, 2) @ salient.permute(0, 1, 3, 4, 2).flatten(1, 3)
        # Each position's product with every tap first, then taps shifted onto one another: the same
        # as a convolution with a kernel of each clip's own, on a padded map.
        taps = (kernels[:, None] @ broad.flatten(3)).unflatten(3, broad.shape[3:])
        margin = (self.size - 1) // 2
        padded = F.pad(taps.flatten(0, 1), 4 * [margin], mode="replicate")
        height, width = broad.shape[3:]
        shifted = [
            padded[:, tap, row : row + height, column : column + width]
            for tap, (row, column) in enumerate(product(range(self.size), repeat=2))
        ]
        return torch.stack(shifted).mean(0).unflatten(0, broad.shape[:2])[:, :, None]

    def kept(self, answers: torch.Tensor) -> torch.Tensor:
        """``f``: 1 where a frame answers below its average, towards 0 above it; same shape."""
        height, width = answers.shape[-2:]
        share = F.softmax(answers.flatten(3), dim=-1).view_as(answers).clamp_min(1e-4)
        # Clamped before the exponential, which would overflow and spoil the gradient.
        below = (1 / (share * height * width)).clamp_max(1)
        return torch.exp((below - 1) * self.sharpness)
