"""PatchGAN: is each patch of a picture real? Isola et al., pix2pix, CVPR 2017."""

from __future__ import annotations

import torch
from torch import nn

from reid_models.translation.generator import start
from reid_models.translation.instance_norm import InstanceNorm


class PatchDiscriminator(nn.Module):
    """Pictures (N, 3, H, W) to a score for each patch (N, 1, h, w): 1 for real, 0 for made.

    Args:
        width: Channels of the first layer; they double with every halving, up to eight times.
        halvings: Layers of stride 2. With 3, a patch is 70 x 70 pixels.
    """

    def __init__(self, width: int = 64, halvings: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
        channels = width
        for number in range(1, halvings + 1):
            wider, stride = width * min(2**number, 8), 1 if number == halvings else 2
            layers += [nn.Conv2d(channels, wider, 4, stride, 1), InstanceNorm()]
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            channels = wider
        layers.append(nn.Conv2d(channels, 1, 4, 1, 1))
        self.layers = nn.Sequential(*layers)
        self.apply(start)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.layers(pictures)
        return scores
