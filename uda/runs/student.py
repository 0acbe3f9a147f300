"""The model that a run's settings name."""

from __future__ import annotations

from collections.abc import Mapping

from reid_models import ClipModel, build
from reid_models.lora import Lora

from uda.config import Model


def build_student(
    settings: Model,
    size: tuple[int, int],
    identities: int,
    attributes: Mapping[str, tuple[str, ...]] | None = None,
) -> ClipModel:
    """With a classifier for the source's identities, for crops of ``size``, height and width, and
    heads for ``attributes``, whose values are given by their names."""
    lora = None
    if settings.lora_rank is not None:
        lora = Lora(settings.lora_rank, settings.lora_alpha, settings.lora_layers)
    return build(
        settings.name,
        identities,
        settings.pretrained,
        pooling=settings.pooling,
        temporal=settings.temporal,
        temporal_layers=settings.temporal_layers,
        norm=settings.norm,
        size=size,
        frozen=settings.frozen,
        lora=lora,
        fc=settings.fc,
        attributes=attributes,
    )
