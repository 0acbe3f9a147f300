"""DenseNet-121. Huang et al., Densely Connected Convolutional Networks, CVPR 2017."""

from __future__ import annotations

import re
from collections import OrderedDict

from torch import nn
from torchvision.models import DenseNet121_Weights, densenet121

CHANNELS = 1024
IMAGENET = DenseNet121_Weights.IMAGENET1K_V1.url


def densenet121_backbone() -> nn.Sequential:
    """Images ``(N, 3, H, W)`` to ``(N, 1024, H/32, W/32)``; parameter names are torchvision's."""
    features = densenet121(weights=None).features
    # torchvision's own model applies this ReLU in `forward`, before it pools.
    return nn.Sequential(OrderedDict(features=features, relu=nn.ReLU(inplace=True)))


def from_torchvision_file(name: str) -> str:
    """A parameter's name in the published file, `norm.1`, as it is today: `norm1`."""
    return re.sub(r"(denselayer\d+\.(?:norm|conv))\.(\d)", r"\1\2", name)
