"""ResNet-50 as person re-identification uses it. He et al., CVPR 2016."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn
from torchvision.models import ResNet50_Weights, resnet50
from torchvision.models.resnet import Bottleneck

CHANNELS = 2048
IMAGENET = ResNet50_Weights.IMAGENET1K_V1


def resnet50_backbone(last_stride: int = 1) -> nn.Sequential:
    """Images ``(N, 3, H, W)`` to ``(N, 2048, H/16, W/16)``, or H/32, W/32 with ``last_stride`` 2.

    Luo et al. (Bag of Tricks, 2019) keep the last stage's resolution for its finer detail.
    Parameter names are torchvision's.
    """
    network = resnet50(weights=None)
    if last_stride == 1:
        first = network.layer4[0]
        assert isinstance(first, Bottleneck)
        assert first.downsample is not None
        first.conv2.stride = (1, 1)
        first.downsample[0].stride = (1, 1)
    return nn.Sequential(
        OrderedDict((name, layer) for name, layer in network.named_children() if name not in _HEAD)
    )


_HEAD = ("avgpool", "fc")
