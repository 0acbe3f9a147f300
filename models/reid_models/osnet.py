"""OSNet: every block sees several scales at once and weighs them by channel and image.

Zhou et al., Omni-Scale Feature Learning for Person Re-Identification, ICCV 2019. Parameters are
named as in the authors' torchreid, so that its published weights load from a file.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

STEM = 64
WIDTHS = (256, 384, 512)
CHANNELS = WIDTHS[-1]
REDUCTION = 4
"""A block works on a quarter of its output's channels."""
GATE_REDUCTION = 16


class OSNet(nn.Module):
    """Images ``(N, 3, H, W)`` to maps ``(N, 512, H/16, W/16)``; `project` follows the pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = _convolution(3, STEM, 7, stride=2)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.conv2 = _stage(STEM, WIDTHS[0], halve=True)
        self.conv3 = _stage(WIDTHS[0], WIDTHS[1], halve=True)
        self.conv4 = _stage(WIDTHS[1], WIDTHS[2], halve=False)
        self.conv5 = _convolution(WIDTHS[2], CHANNELS, 1)
        last = nn.Linear(CHANNELS, CHANNELS)
        self.fc = nn.Sequential(last, nn.BatchNorm1d(CHANNELS), nn.ReLU(inplace=True))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.conv2(self.maxpool(self.conv1(images)))
        return self.conv5(self.conv4(self.conv3(maps)))

    def project(self, pooled: torch.Tensor) -> torch.Tensor:
        """The fully connected layer of the paper's Table 1: ``(N, 512)`` to ``(N, 512)``."""
        return self.fc(pooled)


class OmniScaleBlock(nn.Module):
    """Four streams with receptive fields of 3, 5, 7 and 9 pixels, gated and added.

    y = shortcut(x) + W3 sum_t G(x_t) * x_t, with x_t after t lite 3x3 convolutions (Eq. 4 of the
    paper). The gate G is one network for all streams, so that it learns from all of them.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        super().__init__()
        middle = outgoing // REDUCTION
        self.conv1 = _convolution(incoming, middle, 1)
        self.conv2a = _lite_convolution(middle)
        self.conv2b = nn.Sequential(*(_lite_convolution(middle) for _ in range(2)))
        self.conv2c = nn.Sequential(*(_lite_convolution(middle) for _ in range(3)))
        self.conv2d = nn.Sequential(*(_lite_convolution(middle) for _ in range(4)))
        self.gate = AggregationGate(middle)
        self.conv3 = _convolution(middle, outgoing, 1, activation=False)
        self.downsample: nn.Module = nn.Identity()
        if incoming != outgoing:
            self.downsample = _convolution(incoming, outgoing, 1, activation=False)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(N, incoming, h, w)`` to ``(N, outgoing, h, w)``."""
        reduced = self.conv1(x)
        gated = self.gate(self.conv2a(reduced))
        for stream in (self.conv2b, self.conv2c, self.conv2d):
            gated = gated + self.gate(stream(reduced))
        return self.relu(self.conv3(gated) + self.downsample(x))


class AggregationGate(nn.Module):
    """Scales every channel by a number in 0 to 1 that depends on the whole map (Section 3.2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels // GATE_REDUCTION, 1)
        self.relu = nn.ReLU(inplace=True)
        self.fc2 = nn.Conv2d(channels // GATE_REDUCTION, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(N, C, h, w)`` to the same shape."""
        return x * torch.sigmoid(self.fc2(self.relu(self.fc1(self.pool(x)))))


def _convolution(
    incoming: int, outgoing: int, kernel: int, *, stride: int = 1, activation: bool = True
) -> nn.Sequential:
    layers: list[tuple[str, nn.Module]] = [
        ("conv", nn.Conv2d(incoming, outgoing, kernel, stride, kernel // 2, bias=False)),
        ("bn", nn.BatchNorm2d(outgoing)),
    ]
    if activation:
        layers.append(("relu", nn.ReLU(inplace=True)))
    return nn.Sequential(OrderedDict(layers))


def _lite_convolution(channels: int) -> nn.Sequential:
    """3x3, factorised: across channels without activation, then within each."""
    layers = [
        ("conv1", nn.Conv2d(channels, channels, 1, bias=False)),
        ("conv2", nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)),
        ("bn", nn.BatchNorm2d(channels)),
        ("relu", nn.ReLU(inplace=True)),
    ]
    return nn.Sequential(OrderedDict(layers))


def _stage(incoming: int, outgoing: int, *, halve: bool) -> nn.Sequential:
    """Two blocks; with ``halve`` a transition to half the resolution."""
    layers: list[nn.Module] = [
        OmniScaleBlock(incoming, outgoing),
        OmniScaleBlock(outgoing, outgoing),
    ]
    if halve:
        transition = _convolution(outgoing, outgoing, 1)
        layers.append(nn.Sequential(transition, nn.AvgPool2d(2, stride=2)))
    return nn.Sequential(*layers)
