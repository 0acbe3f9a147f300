"""CycleGAN's generator: Johnson et al.'s network of residual blocks between two scales."""

from __future__ import annotations

import torch
from torch import nn

from reid_models.translation.instance_norm import InstanceNorm

DEVIATION = 0.02
"""Of the weights that all networks here start with (Zhu et al., CycleGAN, ICCV 2017, appendix)."""


class Generator(nn.Module):
    """Pictures (N, 3, H, W), -1 to 1, to pictures of the same size; H and W are multiples of 4.

    A convolution of 7 x 7, two that halve the size, residual blocks, and back: c7s1-64, d128, d256,
    R256 x 9, u128, u64, c7s1-3 in the paper's words.

    Args:
        width: Channels after the first convolution.
        blocks: Residual blocks.
        change: Whether the last layer gives what is added to the picture, nothing at first, rather
            than the picture itself as in the paper. People and edges then need not be learnt, which
            takes most of a short training.
    """

    def __init__(self, width: int = 64, blocks: int = 9, *, change: bool = False) -> None:
        super().__init__()
        self.change = change
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7)]
        layers += [InstanceNorm(), nn.ReLU(inplace=True)]
        for channels in (width, 2 * width):
            layers += [nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1)]
            layers += [InstanceNorm(), nn.ReLU(inplace=True)]
        layers += [_Residual(4 * width) for _ in range(blocks)]
        for channels in (4 * width, 2 * width):
            layers += [nn.ConvTranspose2d(channels, channels // 2, 3, 2, 1, output_padding=1)]
            layers += [InstanceNorm(), nn.ReLU(inplace=True)]
        last = nn.Conv2d(width, 3, 7)
        self.layers = nn.Sequential(*layers, nn.ReflectionPad2d(3), last)
        self.apply(start)
        if change:
            nn.init.zeros_(last.weight)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.layers(pictures)
        return (pictures + found).clamp(-1, 1) if self.change else found.tanh()


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            InstanceNorm(),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            InstanceNorm(),
        )

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        changed: torch.Tensor = self.layers(maps)
        return maps + changed


def start(layer: nn.Module) -> None:
    """Draws a layer's first weights, from torch's global generator."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(layer.weight, 0.0, DEVIATION)
        assert layer.bias is not None
        nn.init.zeros_(layer.bias)
