"""TCLNet: in each pair of frames the second looks where the first did not. Hou et al., Temporal
Complementary Learning for Video Person Re-identification, ECCV 2020."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from reid_models.heads import BNNeck
from reid_models.outputs import Features
from reid_models.resnet50 import CHANNELS
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.frame_groups import continued
from reid_models.video.original import prefixed, resnet_names
from reid_models.video.saliency_boosting import SaliencyBoosting
from reid_models.video.saliency_erasing import SaliencyErasing
from reid_models.video.video_resnet import WIDTHS, VideoResNet50, spatial_maximum


class TCLNet(VideoResNet50):
    """ResNet-50 with saliency boosting after the second stage, and two last blocks.

    Frames go through the last stage in pairs. The first of a pair takes the backbone's last block;
    the second, with what the first has found erased from it, a copy of that block. Each of the two
    kinds has its maximum over space, mean over pairs, normalisation and classifier.

    ``video`` is both means ``(B, 4096)``, ``embedding`` both normalised means, each of unit length,
    ``logits`` are the first kind's, ``auxiliary`` is the second kind's mean ``(B, 2048)`` with its
    scores. ``frames`` are ``(B, T, 2048)`` in order of time. A clip of odd length is continued from
    its beginning by one frame, which counts in the mean and not among ``frames``.

    Pairs go through together, where the published code sends one after the other: in training the
    normalisations of the last stage see all pairs as one batch.
    """

    def __init__(self, num_classes: int | None) -> None:
        super().__init__(
            inserted={("layer2", 3): SaliencyBoosting(WIDTHS["layer2"])},
            feature_size=2 * CHANNELS,
        )
        self.erasing = SaliencyErasing(WIDTHS["layer3"], WIDTHS["layer4"])
        self.second_block = deepcopy(self._last_block())
        self.head, self.second_head = (
            BNNeck(CHANNELS, num_classes, norm_bias=True, classifier_bias=True) for _ in range(2)
        )
        self.backbone.register_load_state_dict_post_hook(self._follow_backbone)

    def features(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics; any T of at least 1."""
        batch, length = clips.shape[:2]
        pairs = continued(self.maps(clips, last="layer3"), 2).unflatten(1, (-1, 2))
        first, second = pairs.flatten(0, 1).unbind(1)
        final = self._last_stage(self.erasing(first, None), self._last_block())
        complement = self._last_stage(self.erasing(second, final), self.second_block)
        kinds = spatial_maximum(torch.stack([final, complement], 1)).unflatten(0, (batch, -1))
        videos = kinds.mean(1).unbind(1)
        (one, logits), (other, second_logits) = self.head(videos[0]), self.second_head(videos[1])
        return Features(
            frames=kinds.flatten(1, 2)[:, :length],
            video=torch.cat(videos, 1),
            embedding=torch.cat([F.normalize(one), F.normalize(other)], 1),
            logits=logits,
            auxiliary=((videos[1], second_logits),),
        )

    def _last_stage(self, images: torch.Tensor, last_block: nn.Module) -> torch.Tensor:
        for block in list(self.backbone.get_submodule("layer4").children())[:-1]:
            images = block(images)
        return last_block(images)

    def _last_block(self) -> nn.Module:
        return self.backbone.get_submodule("layer4.2")

    def _follow_backbone(self, *_: Any) -> None:
        """The copy starts from the weights that the backbone is given, ImageNet's for instance. A
        whole model's state dict overwrites it afterwards, since it comes after the backbone."""
        self.second_block.load_state_dict(self._last_block().state_dict())


def _rename() -> Callable[[str], str | None]:
    boosting = {"W.0": "mapping", "W.1": "norm"}
    names = resnet_names({("layer2", 3): lambda tail: prefixed(boosting, tail) or tail})
    parts = {
        "TSE_Module.layer4": "backbone.layer4",
        "TSE_Module.branch.0": "backbone.layer4.2",
        "TSE_Module.branch.1": "second_block",
        "TSE_Module.conv_reduce": "erasing.reduction",
        "TSE_Module.conv_erase.0": "erasing.mapping",
        "TSE_Module.conv_erase.1": "erasing.norm",
        "bn.0": "head.norm",
        "bn.1": "second_head.norm",
        "classifier.0": "head.classifier",
        "classifier.1": "second_head.classifier",
    }
    return lambda key: prefixed(parts, key) or names(key)


ARCHITECTURE = VideoArchitecture(
    title="TCLNet",
    paper=(
        "Hou et al., Temporal Complementary Learning for Video Person Re-identification, ECCV 2020"
    ),
    make=TCLNet,
    input_size=(256, 128),
    clip_length=4,
    published=(31.39, 16.23),
    rename=_rename(),
)
