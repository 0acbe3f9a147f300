"""MobileNetV2. Sandler et al., Inverted Residuals and Linear Bottlenecks, CVPR 2018."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn
from torchvision.models import MobileNet_V2_Weights, mobilenet_v2

CHANNELS = 1280
IMAGENET = MobileNet_V2_Weights.IMAGENET1K_V1.url


def mobilenet_v2_backbone() -> nn.Sequential:
    """Images ``(N, 3, H, W)`` to ``(N, 1280, H/32, W/32)``; parameter names are torchvision's."""
    return nn.Sequential(OrderedDict(features=mobilenet_v2(weights=None).features))
