"""SPGAN's siamese network: how alike two pictures are. Deng et al., CVPR 2018."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from reid_models.translation.generator import start


class SiameseNet(nn.Module):
    """Pictures (N, 3, H, W), -1 to 1, to features (N, 64) of length 1.

    Three convolutions with max pooling, then two layers of 128 and 64; for 256 x 128 pixels the
    first has 2,048 inputs, as published.

    Args:
        size: Height and width of the pictures, pixels.
        width: Channels of the first convolution.
    """

    def __init__(self, size: tuple[int, int], width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((3, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        self.maps = nn.Sequential(*layers, nn.Flatten())
        with torch.no_grad():
            inputs = self.maps(torch.zeros(1, 3, *size)).shape[1]
        self.features = nn.Sequential(
            nn.Linear(inputs, 128), nn.LeakyReLU(0.2, inplace=True), nn.Linear(128, 64)
        )
        self.apply(start)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.features(self.maps(pictures)))
