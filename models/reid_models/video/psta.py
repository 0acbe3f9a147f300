"""PSTA: a pyramid in which frames are merged pair by pair. Wang et al., Pyramid Spatial-Temporal
Aggregation for Video-based Person Re-Identification, ICCV 2021."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from reid_models.heads import BNNeck
from reid_models.outputs import Features
from reid_models.resnet50 import CHANNELS
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.frame_groups import continued
from reid_models.video.original import prefixed
from reid_models.video.pair_aggregation import PairAggregation, convolution
from reid_models.video.video_resnet import VideoResNet50

WIDTH = 1024
LEVELS = 3


class PSTA(VideoResNet50):
    """ResNet-50, a reduction to 1024 channels, and three levels of merging: 8, 4, 2, 1 frames.

    A level's feature is its mean over frames and space. ``video`` ``(B, 1024)`` is the mean of all
    three levels' features; ``auxiliary`` holds the first's and the mean of the first two, each with
    a normalisation and classifier of its own. ``frames`` ``(B, T, 1024)`` are the reduced maps'
    means over space, which enter the pyramid.

    A level that has an odd number of frames is continued by its first one; one frame is merged with
    itself. Where more than eight frames come in, several are left at the top. All pairs and both
    directions go through together: in training their normalisations see them as one batch, where
    the published code sends one pair after the other.
    """

    def __init__(self, num_classes: int | None) -> None:
        super().__init__(feature_size=WIDTH, frame_size=WIDTH)
        self.reduction = convolution(CHANNELS, WIDTH)
        self.levels = nn.ModuleList(PairAggregation(WIDTH) for _ in range(LEVELS))
        self.lower_heads = nn.ModuleList(
            BNNeck(WIDTH, num_classes, classifier_bias=True) for _ in range(LEVELS - 1)
        )
        self.head = BNNeck(WIDTH, num_classes, classifier_bias=True)

    def features(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics; any T of at least 1."""
        shape = clips.shape[:2]
        maps = self.reduction(self.maps(clips).flatten(0, 1)).unflatten(0, shape)
        frames, of_frames = maps.mean((3, 4)), maps
        features: list[torch.Tensor] = []
        for level in self.levels:
            pairs = continued(maps, 2).unflatten(1, (-1, 2))
            maps = level(pairs.flatten(0, 1)).unflatten(0, pairs.shape[:2])
            features.append(maps.mean((1, 3, 4)))
        lower, video = self._means(features)
        embedding, logits = self.head(video)
        auxiliary = tuple(
            (feature, head(feature)[1])
            for feature, head in zip(lower, self.lower_heads, strict=True)
        )
        return Features(frames, video, embedding, logits, auxiliary, of_frames)

    @staticmethod
    def _means(features: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """The mean of the first, of the first two, ...; the mean of all is the second result."""
        *lower, top = (torch.stack(features[: count + 1]).mean(0) for count in range(len(features)))
        return lower, top


def _rename() -> Callable[[str], str | None]:
    references = {
        "TRAG.gamma_temporal": "temporal.query",
        "TRAG.beta_temporal": "temporal.key",
        "TRAG.gg_temporal": "temporal.relations",
        "TRAG.tte_para": "temporal.pair",
        "TRAG.te_para": "temporal.position_weight",
        "TRAG.theta_channel.0": "temporal.reduction",
        "TRAG.channel_para": "temporal.channel_weight",
        "SRAG.alphi_appearance": "spatial.query",
        "SRAG.delta_appearance": "spatial.key",
        "SRAG.gg_spatial": "spatial.relations",
        "SRAG.app_channel": "spatial.channel_weight",
    }
    # Sequences of several convolutions: theirs count on, ours begin anew at each convolution.
    sequences = {
        "Embeding": "embedding",
        "SRAG.spa_para": "spatial.position_weight",
        "conv_block": "bottleneck",
    }
    for theirs, ours in sequences.items():
        for layer in range(3):
            references[f"{theirs}.{3 * layer}"] = f"{ours}.{layer}.0"
            references[f"{theirs}.{3 * layer + 1}"] = f"{ours}.{layer}.1"
    parts = {
        f"layer{level + 1}.{theirs}": f"levels.{level}.{ours}"
        for level in range(LEVELS)
        for theirs, ours in references.items()
    }
    heads = [*(f"lower_heads.{level}" for level in range(LEVELS - 1)), "head"]
    for level, head in enumerate(heads):
        parts |= {f"bottleneck.{level}": f"{head}.norm"}
        parts |= {f"classifier.{level}": f"{head}.classifier"}
    parts |= {"base": "backbone", "down_channel": "reduction"}
    return lambda key: prefixed(parts, key)


ARCHITECTURE = VideoArchitecture(
    title="PSTA",
    paper=(
        "Wang et al., Pyramid Spatial-Temporal Aggregation for Video-based Person "
        "Re-Identification, ICCV 2021"
    ),
    make=PSTA,
    input_size=(256, 128),
    clip_length=8,
    published=(33.50, 37.34),
    rename=_rename(),
)
