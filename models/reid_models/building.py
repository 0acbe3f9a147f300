"""Models by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

from torch import nn

from reid_models import pretrained as weights
from reid_models import resnet50
from reid_models.attribute_heads import AttributeHeads
from reid_models.clip_model import ClipArchitecture, ClipModel
from reid_models.domain_norm import Norm, convert
from reid_models.errors import ModelError
from reid_models.frozen import freeze
from reid_models.image_architectures import IMAGE, Architecture
from reid_models.lora import Lora, adapt
from reid_models.pooling import SPATIAL, TEMPORAL
from reid_models.timm_backbone import timm_backbone
from reid_models.video import VIDEO, VideoArchitecture, cavit, load_original

MODELS: dict[str, Architecture | ClipArchitecture] = {
    **IMAGE,
    **VIDEO,
    "cavit": cavit.ARCHITECTURE,
}

TIMM = "timm/"
"""What precedes the name of a model of timm."""


def find(name: str) -> Architecture | ClipArchitecture:
    """What is known of a model. Raises ModelError when the name is unknown.

    Of a model of timm that is little before it is built: timm is not asked here.
    """
    if name.startswith(TIMM):
        model = name.removeprefix(TIMM)
        return Architecture(None, None, (256, 128), title=f"{model} of timm", timm=model)
    if name not in MODELS:
        longer = [known for known in MODELS if name and known.startswith(name)]
        near = longer or difflib.get_close_matches(name, MODELS, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise ModelError(
            f"Expected a model among {', '.join(MODELS)} and timm/NAME, found {name!r}. {hint}"
        )
    return MODELS[name]


def build(
    name: str,
    num_classes: int | None,
    pretrained: str | Path = "none",
    *,
    pooling: str | None = None,
    temporal: str | None = None,
    temporal_layers: int = 1,
    size: tuple[int, int] | None = None,
    norm: Norm = "bn",
    frozen: str | None = None,
    lora: Lora | None = None,
    fc: int | None = None,
    attributes: Mapping[str, tuple[str, ...]] | None = None,
) -> ClipModel:
    """A model for clips ``(B, T, 3, H, W)`` that returns `Features`.

    ``num_classes`` None builds it without a classifier. ``pretrained`` is "none", "imagenet" or a
    file. ``pooling`` (average, max, gem, token) is over space and ``temporal`` (average, attention,
    transformer, the latter of ``temporal_layers`` blocks) over frames; None is the architecture's
    own. ``size``, height and width in pixels, is what a transformer has positions for; None is the
    architecture's own. ``norm`` is what batch norms keep apart (`reid_models.domain_norm`); weights
    are loaded before they are replaced. ``frozen`` names the last part of the backbone that does
    not learn (`reid_models.frozen`); with ``lora`` low-rank parts of it alone do
    (`reid_models.lora`). ``fc`` is the width of a fully connected layer after pooling, None: the
    architecture's own, mostly none. ``attributes``, the values of each by its name, get a head each
    on the embedding (`reid_models.attribute_heads`).

    Raises ModelError when the name is unknown, the model does not take these settings, or the
    weights cannot be had.
    """
    _check("pooling", pooling, SPATIAL)
    _check("temporal", temporal, TEMPORAL)
    if frozen is not None and lora is not None:
        raise ModelError(
            f"Expected model.frozen={frozen} or model.lora_rank={lora.rank}, not both: with LoRA "
            "nothing of the backbone learns but its low-rank parts. Say where these are by "
            "model.lora_layers."
        )
    model = _plain(name, num_classes, pretrained, pooling, temporal, temporal_layers, size, fc)
    if attributes:
        model.attribute_heads = AttributeHeads(model.feature_size, attributes)
    if frozen is not None:
        freeze(model.get_submodule("backbone"), frozen)
    if lora is not None:
        adapt(model.get_submodule("backbone"), lora)
    convert(model, norm)
    return model


def _plain(
    name: str,
    num_classes: int | None,
    pretrained: str | Path,
    pooling: str | None,
    temporal: str | None,
    temporal_layers: int,
    size: tuple[int, int] | None,
    fc: int | None,
) -> ClipModel:
    """With the batch norms it was published with."""
    architecture = find(name)
    if isinstance(architecture, Architecture):
        size = size or architecture.input_size
        pooling = pooling or architecture.pooling
        backbone, channels = _backbone(architecture, name, pretrained, size, pooling == "token")
        return architecture.model(
            backbone,
            channels,
            num_classes,
            size,
            architecture.stripes,
            pooling,
            temporal or architecture.temporal,
            temporal_layers,
            fc or architecture.fc,
        )
    if pooling or temporal or fc:
        raise ModelError(
            f"Expected no model.pooling, model.temporal and model.fc for {name}, which pools in "
            f"its own way, found {pooling or temporal or fc!r}. Leave them null, or choose an "
            f"image model: {', '.join(IMAGE)}."
        )
    model = architecture.make(num_classes)
    if isinstance(architecture, cavit.CavitArchitecture):
        if pretrained != "none":
            architecture.load(model.backbone, pretrained)
    elif pretrained == "imagenet":
        weights.load_imagenet(model.backbone, resnet50.IMAGENET, name)
    elif pretrained != "none":
        assert isinstance(architecture, VideoArchitecture)
        _load_video_file(model, architecture, Path(pretrained))
    return model


def _load_video_file(model: ClipModel, architecture: VideoArchitecture, path: Path) -> None:
    """The authors' weights of the whole model, or a ResNet-50's for its backbone."""
    state = weights.state_dict(path)
    named = {architecture.rename(key.removeprefix("module.")) for key in state}
    inserted = {key for key in model.state_dict() if not key.startswith(("backbone.", "head."))}
    if named & (inserted or {"head.norm.weight"}):
        load_original(model, architecture, state)
    else:
        weights.fill(model.get_submodule("backbone"), weights.of_backbone(state), str(path))


def _backbone(
    architecture: Architecture,
    name: str,
    pretrained: str | Path,
    size: tuple[int, int],
    token: bool,
) -> tuple[nn.Module, int]:
    """With its weights, and the number of its channels."""
    if architecture.timm is not None:
        of_timm = timm_backbone(architecture.timm, size, pretrained, token=token)
        return of_timm, of_timm.channels
    if token:
        raise ModelError(
            f"Expected a vision transformer for model.pooling=token, found {name}, which has no "
            "class token. Choose timm/NAME or vit_small, or model.pooling=average."
        )
    assert architecture.backbone is not None
    assert architecture.channels is not None
    backbone = architecture.backbone()
    if pretrained == "imagenet":
        weights.load_imagenet(backbone, architecture.imagenet, name, architecture.rename)
    elif pretrained != "none":
        weights.load_file(backbone, Path(pretrained), architecture.rename)
    return backbone, architecture.channels


def _check(key: str, value: str | None, known: Iterable[str]) -> None:
    if value is not None and value not in known:
        raise ModelError(f"Expected model.{key} among {', '.join(known)}, found {value!r}.")
