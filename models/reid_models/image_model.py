"""A backbone for images, made into a model for clips: features are pooled over space, then time."""

from __future__ import annotations

import torch
from torch import nn

from reid_models.clip_model import ClipModel
from reid_models.heads import BNNeck, FullyConnected, PlainHead
from reid_models.outputs import Features
from reid_models.pooling import SPATIAL, TEMPORAL
from reid_models.temporal_transformer import TemporalTransformer


class ImageModel(ClipModel):
    """Backbone per frame, pooling over space, pooling over frames, BNNeck.

    ``backbone`` maps images ``(N, 3, H, W)`` to ``(N, channels, h, w)``; ``input_size`` is the
    (height, width) in pixels it is meant for. With averages it is the strong baseline of Gao and
    Nevatia, Revisiting Temporal Modeling for Video-based Person ReID, 2018. ``pooling`` and
    ``temporal`` are names in `reid_models.pooling`; ``temporal_layers`` is the number of blocks of
    a temporal transformer.

    With ``stripes`` above 1 each of as many horizontal bands is pooled by itself and the bands are
    concatenated (Sun et al., Beyond Part Models, ECCV 2018, with one classifier over all of them):
    what a person wears above and below stays apart. D is channels x stripes.

    With ``fc`` a fully connected layer of that width comes after pooling, and its output takes the
    place of the BNNeck's input and output: metric losses, comparison and classifier have it alone
    (the basic network of Uner et al., Synthetic18K, 4.1).

    A backbone may have a method ``project``, from pooled features ``(N, D)`` to ``(N, D)``: the
    layer of OSNet that comes after pooling.
    """

    def __init__(
        self,
        backbone: nn.Module,
        channels: int,
        num_classes: int | None,
        input_size: tuple[int, int],
        stripes: int = 1,
        pooling: str = "average",
        temporal: str = "average",
        temporal_layers: int = 1,
        fc: int | None = None,
    ) -> None:
        super().__init__()
        # Channels last: 3 to 18 % faster steps measured on a CPU, and what tensor cores want.
        self.backbone = backbone.to(memory_format=torch.channels_last)
        self.frame_size = channels * stripes
        self.feature_size = fc or self.frame_size
        self.input_size = input_size
        self.token = pooling == "token"
        self.pooling = SPATIAL[pooling](stripes)
        self.temporal = (
            TemporalTransformer(self.frame_size, temporal_layers)
            if temporal == "transformer"
            else TEMPORAL[temporal](self.frame_size)
        )
        self.fc = None if fc is None else FullyConnected(self.frame_size, fc)
        kind = BNNeck if fc is None else PlainHead
        self.head = kind(self.feature_size, num_classes)

    def maps(self, images: torch.Tensor) -> torch.Tensor:
        """Images ``(N, 3, H, W)`` to maps ``(N, channels, h, w)``."""
        found: torch.Tensor = self.backbone(images)
        return found

    def features(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics."""
        batch, length = clips.shape[:2]
        images = clips.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        maps = self.maps(images)
        pooled = self.pooling(maps).flatten(1)
        if project := getattr(self.backbone, "project", None):
            pooled = project(pooled)
        frames = pooled.view(batch, length, self.frame_size)
        video = self.temporal(frames)
        if self.fc is not None:
            video = self.fc(video)
        embedding, logits = self.head(video)
        of_frames = None if self.token else maps.view(batch, length, *maps.shape[1:])
        return Features(frames, video, embedding, logits, maps=of_frames)
