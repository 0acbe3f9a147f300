"""Every position of a clip mixed with every other. Bai et al., Salient-to-Broad Transition for
Video Person Re-identification, CVPR 2022."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class IntegrationDistribution(nn.Module):
    """IDM: ``relu(x + E_c(z + E_p R_p z))`` with ``z = R_c x``.

    ``R_c`` and ``E_c`` are 1x1 convolutions over channels, ``R_p`` and ``E_p`` over the positions
    of the whole clip, which take the channels' place; each R divides their number by ``factor`` and
    each E restores it. ``E_c`` starts at zero: behind a ReLU the module starts as the identity.

    Positions being channels ties the published module to one clip length and one map size. Here the
    length is ``frames`` (`FrameGroups` brings others to it), and maps of another size than ``grid``
    are averaged onto it for ``R_p`` and ``E_p`` alone, whose output is interpolated back.
    """

    def __init__(
        self, channels: int, grid: tuple[int, int], frames: int = 4, factor: int = 16
    ) -> None:
        super().__init__()
        self.grid = grid
        positions = frames * grid[0] * grid[1]
        self.chl_reduction = _reduction(channels, channels // factor)
        self.thw_reduction = _reduction(positions, positions // factor)
        self.thw_expansion = nn.Sequential(nn.Conv2d(positions // factor, positions, 1))
        self.chl_expansion = nn.Sequential(nn.Conv2d(channels // factor, channels, 1))
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                initialise(part)
        nn.init.zeros_(self.chl_expansion.get_submodule("0").get_parameter("weight"))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, frames, C, h, w)`` to the same shape."""
        reduced = self.chl_reduction(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
        spread = self.chl_expansion((self.mix(reduced) + reduced).flatten(0, 1))
        return F.relu(clips + spread.unflatten(0, clips.shape[:2]))

    def mix(self, clips: torch.Tensor) -> torch.Tensor:
        """``E_p R_p`` of clips ``(B, frames, C / factor, h, w)``, of the same shape."""
        batch, length, channels = clips.shape[:3]
        size = clips.shape[3:]
        images = clips.flatten(0, 1)
        if size != self.grid:
            images = F.adaptive_avg_pool2d(images, self.grid)
        positions = images.unflatten(0, (batch, length)).transpose(2, 1).flatten(2)
        mixed = self.thw_expansion(self.thw_reduction(positions.transpose(1, 2)[..., None]))
        mixed = mixed[..., 0].transpose(1, 2).reshape(batch, channels, length, *self.grid)
        mixed = mixed.transpose(1, 2)
        if size != self.grid:
            mixed = F.interpolate(mixed.flatten(0, 1), size=size, mode="bilinear")
            mixed = mixed.unflatten(0, (batch, length))
        return mixed


def initialise(convolution: nn.Conv2d) -> None:
    """As published; biases, which the published code draws at random, start at zero."""
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)


def _reduction(incoming: int, outgoing: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(incoming, outgoing, 1), nn.BatchNorm2d(outgoing))
