"""ResNet-50 as person re-identification uses it, with batch norms or IBN-a.

He et al., CVPR 2016; Pan et al., Two at Once: Enhancing Learning and Generalization Capacities via
IBN-Net, ECCV 2018.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torchvision.models import ResNet50_Weights, resnet50
from torchvision.models.resnet import Bottleneck

from reid_models.normalisation import InstanceBatchNorm

CHANNELS = 2048
IMAGENET = ResNet50_Weights.IMAGENET1K_V1.url
IMAGENET_IBN_A = (
    "https://github.com/XingangPan/IBN-Net/releases/download/v1.0/resnet50_ibn_a-d9d0bb7b.pth"
)
IMAGENET_IBN_B = (
    "https://github.com/XingangPan/IBN-Net/releases/download/v1.0/resnet50_ibn_b-9ca61e85.pth"
)
"""The authors' weights."""


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


def resnet50_ibn_a_backbone(last_stride: int = 1) -> nn.Sequential:
    """The same, with half of the first norm of every bottleneck in layers 1 to 3 by instance.

    Early layers see what is lost between cameras, contrast and colour cast; the last layer tells
    people apart and keeps all of it.
    """
    backbone = resnet50_backbone(last_stride)
    for stage in ("layer1", "layer2", "layer3"):
        for block in backbone.get_submodule(stage).children():
            assert isinstance(block, Bottleneck)
            block.bn1 = InstanceBatchNorm(block.conv1.out_channels)
    return backbone


def resnet50_ibn_b_layer3_backbone() -> nn.Sequential:
    """Images ``(N, 3, H, W)`` to ``(N, 1024, H/16, W/16)``: IBN-b without the last stage.

    The first norm, and that after the last sum of layers 1 and 2, are by instance. Liao and Shao
    (QAConv, ECCV 2020) match its maps.
    """
    backbone = resnet50_backbone()
    backbone.bn1 = nn.InstanceNorm2d(64, affine=True)
    for name, width in (("layer1", 64), ("layer2", 128)):
        stage = backbone.get_submodule(name)
        assert isinstance(stage, nn.Sequential)
        last = InstanceBottleneck(width)
        last.load_state_dict(stage[-1].state_dict(), strict=False)
        stage[-1] = last
    del backbone.layer4
    return backbone


class InstanceBottleneck(Bottleneck):
    """torchvision's bottleneck with a norm by ``instance`` after the sum (IBN-b)."""

    def __init__(self, width: int) -> None:
        super().__init__(self.expansion * width, width)
        self.instance = nn.InstanceNorm2d(self.expansion * width, affine=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(self.instance(out + shortcut))


def from_ibn_net(name: str) -> str:
    """A parameter's name in XingangPan/IBN-Net, as it is here."""
    return name.replace(".IN.", ".instance.").replace(".BN.", ".batch.")


_HEAD = ("avgpool", "fc")
