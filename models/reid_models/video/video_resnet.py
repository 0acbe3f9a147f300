"""ResNet-50 over clips: convolutions see frames, modules between and inside blocks see time."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.resnet import Bottleneck

from reid_models.clip_model import ClipModel
from reid_models.resnet50 import CHANNELS, resnet50_backbone

STAGES = ("layer1", "layer2", "layer3", "layer4")
WIDTHS = {"layer1": 256, "layer2": 512, "layer3": 1024, "layer4": 2048}
"""Channels that a stage's blocks put out."""
Place = tuple[str, int]
"""A stage, and the number of a block in it."""


class VideoResNet50(ClipModel):
    """What the video models here have in common. Subclasses add heads and ``features``.

    ``backbone``      torchvision's ResNet-50, last stride 1, without a module more: ImageNet
                      weights load into it;
    ``inserted``      modules that stand after their place's block;
    ``inside``        modules that stand after the 3x3 convolution of their place's block;
    ``input_size``    (height, width) in pixels that the model is meant for;
    ``feature_size``  D of a video feature; ``frame_size`` F of a frame's.

    Modules map clips ``(B, T, C, h, w)`` to the same shape. Published code inflates every
    convolution to 1 x k x k over ``(B, C, T, H, W)``; frames in the batch's place compute the same.
    """

    def __init__(
        self,
        *,
        inserted: Mapping[Place, nn.Module] | None = None,
        inside: Mapping[Place, nn.Module] | None = None,
        input_size: tuple[int, int] = (256, 128),
        feature_size: int = CHANNELS,
        frame_size: int = CHANNELS,
    ) -> None:
        super().__init__()
        self.backbone = resnet50_backbone().to(memory_format=torch.channels_last)
        self.inserted = nn.ModuleDict({place_name(p): m for p, m in (inserted or {}).items()})
        self.inside = nn.ModuleDict({place_name(p): m for p, m in (inside or {}).items()})
        self.input_size = input_size
        self.feature_size = feature_size
        self.frame_size = frame_size

    def maps(self, clips: torch.Tensor, last: str = "layer4") -> torch.Tensor:
        """Clips ``(B, T, 3, H, W)`` to what stage ``last`` makes of them ``(B, T, C, h, w)``."""
        batch, length = clips.shape[:2]
        images = clips.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        for name in ("conv1", "bn1", "relu", "maxpool"):
            images = self.backbone.get_submodule(name)(images)
        for stage in STAGES[: STAGES.index(last) + 1]:
            images = self._stage(stage, images, length)
        return images.unflatten(0, (batch, length))

    def _stage(self, stage: str, images: torch.Tensor, length: int) -> torch.Tensor:
        for number, block in enumerate(self.backbone.get_submodule(stage).children()):
            assert isinstance(block, Bottleneck)
            name = place_name((stage, number))
            if name in self.inside:
                images = _bottleneck(block, self.inside[name], images, length)
            else:
                images = block(images)
            if name in self.inserted:
                images = _over_clips(self.inserted[name], images, length)
        return images


def place_name(place: Place) -> str:
    """How a place's module is called in a state dict, ``layer2_1``."""
    return f"{place[0]}_{place[1]}"


def spatial_maximum(maps: torch.Tensor) -> torch.Tensor:
    """The largest activation of each channel: ``(..., C, h, w)`` to ``(..., C)``."""
    return F.adaptive_max_pool2d(maps.flatten(0, -4), 1).flatten(1).unflatten(0, maps.shape[:-3])


def _over_clips(module: nn.Module, images: torch.Tensor, length: int) -> torch.Tensor:
    return module(images.unflatten(0, (-1, length))).flatten(0, 1)


def _bottleneck(
    block: Bottleneck, module: nn.Module, images: torch.Tensor, length: int
) -> torch.Tensor:
    """torchvision's bottleneck with ``module`` after its 3x3 convolution."""
    maps = block.relu(block.bn1(block.conv1(images)))
    maps = _over_clips(module, block.conv2(maps), length)
    maps = block.bn3(block.conv3(block.relu(block.bn2(maps))))
    shortcut = images if block.downsample is None else block.downsample(images)
    return block.relu(maps + shortcut)
