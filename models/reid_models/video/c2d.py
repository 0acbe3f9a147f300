"""Frames by themselves: the baseline every video model here is measured against."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from reid_models.heads import BNNeck
from reid_models.outputs import Features
from reid_models.resnet50 import CHANNELS
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.original import resnet_names
from reid_models.video.video_resnet import Place, VideoResNet50, spatial_maximum


class C2D(VideoResNet50):
    """ResNet-50, maximum over space, mean over time, batch normalisation, classifier.

    Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only, CVPR 2022. With
    modules inserted it is also the frame of SINet (Bai et al., CVPR 2022) and AP3D (Gu et al., ECCV
    2020). Unlike the BNNeck, normalisation and classifier learn biases, as published.
    """

    def __init__(
        self,
        num_classes: int | None,
        *,
        inserted: Mapping[Place, nn.Module] | None = None,
        inside: Mapping[Place, nn.Module] | None = None,
    ) -> None:
        super().__init__(inserted=inserted, inside=inside)
        self.head = BNNeck(CHANNELS, num_classes, norm_bias=True, classifier_bias=True)

    def features(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics; any T of at least 1."""
        maps = self.maps(clips)
        frames = spatial_maximum(maps)
        video = frames.mean(1)
        embedding, logits = self.head(video)
        return Features(frames, video, embedding, logits, maps=maps)


ARCHITECTURE = VideoArchitecture(
    title="C2D ResNet-50",
    paper="Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only, CVPR 2022",
    make=C2D,
    input_size=(256, 128),
    clip_length=4,
    published=(23.54, 16.12),
    rename=resnet_names(),
)
