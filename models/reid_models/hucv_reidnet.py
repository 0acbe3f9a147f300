"""HUCVReidNet (Uner et al., Synthetic18K, 4.1)."""

from __future__ import annotations

from typing import Any

import torch

from reid_models.channel_attention import ChannelAttention
from reid_models.image_model import ImageModel
from reid_models.self_attention import SelfAttention

CONV5 = "layer4"
"""The ResNet paper's name of the last stage, as torchvision calls it."""


class HUCVReidNet(ImageModel):
    """ResNet-50 with self-attention before and after conv5 and channel attention before pooling.

    Its ``backbone`` is the plain ResNet-50, so that ImageNet weights fit and attention learns at
    the rate of new layers. The channel attention, which the paper does not specify, is that of
    squeeze and excitation.
    """

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.before = SelfAttention(self.frame_size // 2)
        self.after = SelfAttention(self.frame_size)
        self.channels = ChannelAttention(self.frame_size)

    def maps(self, images: torch.Tensor) -> torch.Tensor:
        for name, part in self.backbone.named_children():
            images = part(self.before(images) if name == CONV5 else images)
        return self.channels(self.after(images))
