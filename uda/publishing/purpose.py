"""What a trained model is for, and what it takes: as its settings and its method say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub_publishing.cards import UNKNOWN
from uda.comparing.cosine import Cosine
from uda.comparing.query_adaptive import QueryAdaptive
from uda.comparing.visual_temporal import VisualTemporal
from uda.errors import ConfigError
from uda.methods.registry import find, trusted
from uda.publishing.origin import Origin

COMPARED = {
    Cosine.name: "the cosine of embeddings",
    QueryAdaptive.name: "maps of frames, place by place (query-adaptive convolution)",
    VisualTemporal.name: "the cosine of embeddings and the time that people take between cameras, "
    "as learned from the target's training tracklets",
}
"""Comparisons of the toolkit's methods in words."""
STATISTICS = {
    "running": "of the training",
    "target": "of the whole benchmark that is tested",
    "camera": "of each camera of the benchmark that is tested",
}
"""Of batch norms, in words."""


@dataclass(frozen=True)
class Purpose:
    """A trained model as people ask for it.

    attributes_alone: nothing in it was trained to tell people apart.
    of_images: source and target are still images.
    sees_target: the target's pictures went into the weights. Of somebody's own method, whose code
        is not run for a card, this is supposed.
    compared_by: how features are compared, in words.
    learns_times: whether times between the target's cameras are part of the model.
    statistics, norms: which statistics batch norms take at test time; in words.
    """

    attributes_alone: bool
    of_images: bool
    sees_target: bool
    compared_by: str
    learns_times: bool
    statistics: str
    norms: str

    @classmethod
    def of(cls, config: dict[str, Any], origins: dict[str, Origin]) -> Purpose:
        """Of a run's settings (JSON) and its domains."""
        name, norm = str(config["method"]["name"]), config["model"].get("norm", "bn")
        try:
            method = find(name) if trusted(name) else None
        except (ConfigError, ImportError):
            method = None
        statistics = (
            "camera" if norm == "cbn" else config["evaluation"].get("statistics", "running")
        )
        norms = STATISTICS[statistics]
        if norm == "adabn" and statistics == "running":
            norms = "of the target's training half, taken after the training"
        return cls(
            attributes_alone=method is not None
            and method.wants_attributes
            and not method.compares_people,
            of_images=all(of.of_images for of in origins.values()),
            sees_target=method is None or method.uses_target or norm == "adabn",
            compared_by=UNKNOWN
            if method is None
            else COMPARED.get(method.compares_by.name, method.compares_by.name),
            learns_times=method is not None and issubclass(method.compares_by, VisualTemporal),
            statistics=statistics,
            norms=norms,
        )

    @property
    def task(self) -> str:
        if self.attributes_alone:
            return "recognising what people look like"
        return "person re-identification" + ("" if self.of_images else " in video")
