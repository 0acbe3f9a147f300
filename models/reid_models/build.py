"""Models by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn
from torchvision.models import WeightsEnum

from reid_models import pretrained as weights
from reid_models import resnet50, slim_resnet18
from reid_models.errors import ModelError
from reid_models.temporal_average import TemporalAverage
from reid_models.video import VIDEO, VideoResNet50


@dataclass(frozen=True)
class Architecture:
    """A backbone and what it is meant for; ``input_size`` is (height, width) in pixels."""

    backbone: Callable[[], nn.Module]
    channels: int
    input_size: tuple[int, int]
    stripes: int = 1
    imagenet: WeightsEnum | None = None


MODELS: dict[str, Architecture] = {
    "resnet50": Architecture(
        resnet50.resnet50_backbone, resnet50.CHANNELS, (256, 128), imagenet=resnet50.IMAGENET
    ),
    "slim_resnet18": Architecture(
        slim_resnet18.slim_resnet18, slim_resnet18.CHANNELS, (128, 64), stripes=4
    ),
}


def build(
    name: str, num_classes: int | None, pretrained: str | Path = "none"
) -> TemporalAverage | VideoResNet50:
    """A model for clips ``(B, T, 3, H, W)`` that returns `Features`.

    ``num_classes`` None builds it without a classifier. ``pretrained`` is "none", "imagenet" or a
    file. Raises ModelError when the name is unknown or the weights cannot be had.
    """
    if name in VIDEO:
        model = VIDEO[name].make(num_classes)
        if pretrained == "imagenet":
            weights.load_imagenet(model.backbone, resnet50.IMAGENET, name)
        elif pretrained != "none":
            weights.load_file(model.backbone, Path(pretrained))
        return model
    if name not in MODELS:
        names = [*MODELS, *VIDEO]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise ModelError(f"Expected a model among {', '.join(names)}, found {name!r}. {hint}")
    architecture = MODELS[name]
    backbone = architecture.backbone()
    if pretrained == "imagenet":
        weights.load_imagenet(backbone, architecture.imagenet, name)
    elif pretrained != "none":
        weights.load_file(backbone, Path(pretrained))
    return TemporalAverage(
        backbone,
        architecture.channels,
        num_classes,
        architecture.input_size,
        architecture.stripes,
    )
