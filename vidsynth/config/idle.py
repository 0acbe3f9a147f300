"""Settings that somebody has set and that have no effect, as another one leaves nothing to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from vidsynth.config.sections import Section
from vidsynth.drawing.markers import value_of
from vidsynth.places.sky.panoramas import WEATHERS

_PLACED = (
    "cameras", "cameras_per_site", "camera.mount_height", "camera.depression", "camera.distance",
    "camera.person_height", "camera.focal", "camera.distortion",
)  # fmt: skip


@dataclass(frozen=True)
class _Rule:
    """``names`` have no effect where the setting ``decides`` has a value that ``leaves_none``."""

    names: tuple[str, ...]
    decides: str
    leaves_none: Callable[[Any], bool]


def _absent(value: Any) -> bool:
    return value is None


def _present(value: Any) -> bool:
    return value is not None


def _zero(value: Any) -> bool:
    return bool(value == 0)


def _without_panoramas(weathers: Any) -> bool:
    return not set(weathers.names) & set(WEATHERS)


_RULES = (
    _Rule(_PLACED, "camera.network", _present),
    _Rule(("cameras_per_shot",), "camera.views", lambda views: views == "disjoint"),
    _Rule(("camera.person_height",), "camera.focal", _present),
    _Rule(("camera.crf",), "camera.codec", lambda codec: codec != "h264"),
    _Rule(("camera.jpeg_quality",), "camera.codec", lambda codec: codec == "h264"),
    _Rule(("output.crf",), "output.format", lambda layout: layout not in ("mp4", "video")),
    _Rule(("clock.outings",), "clock.returning_share", _zero),
    _Rule(("clock.walk",), "clock.returning_share", lambda share: share == 1),
    _Rule(("sky.hdri_share", "sky.hdri_directory"), "weathers", _without_panoramas),
    _Rule(("boxes.min_width",), "view.aspect", _present),
    _Rule(("crowd.standing",), "crowd.density", _zero),
    _Rule(("people.lookalike_size",), "people.lookalike_share", _zero),
    _Rule(("distractor_share",), "test_share", _zero),
    _Rule(("backgrounds.share", "backgrounds.horizon"), "backgrounds.directory", _absent),
    _Rule(("textures.share", "textures.width"), "textures.directory", _absent),
    _Rule(("makehuman.share",), "makehuman.directory", _absent),
    _Rule(("motion.bvh_share",), "motion.bvh_directory", _absent),
    _Rule(("cameras", "cameras_per_identity", "images_per_camera"), "grid.views", bool),
    _Rule(("grid.sites",), "grid.views", _zero),
    _Rule(("occluders.kinds", "occluders.cover"), "occluders.probability", _zero),
    _Rule(("companion.distance", "companion.in_front"), "companion.probability", _zero),
)


def idle(config: Section) -> Iterator[str]:
    """A line about each setting that differs from its default and has no effect.

    Nothing is wrong with that: a config may be changed step by step. But nobody should look for an
    effect in vain.
    """
    usual, columns = type(config)(), _columns(config)
    for rule in _RULES:
        if not _has(config, rule.decides) or rule.decides in columns:
            continue
        decided = value_of(config, rule.decides)
        if not rule.leaves_none(decided):
            continue
        idle_names = [
            name
            for name in rule.names
            if _has(config, name) and value_of(config, name) != value_of(usual, name)
        ]
        if idle_names:
            verb = "has" if len(idle_names) == 1 else "have"
            if isinstance(decided, BaseModel):
                decided = decided.model_dump(mode="json")
            shown = "null" if decided is None else decided
            yield f"{', '.join(idle_names)} {verb} no effect: {rule.decides} is {shown}."


def _columns(config: Section) -> set[str]:
    """Settings that rows of tables say."""
    tables = getattr(config, "tables", {})
    return {column for table in tables.values() for column in table.content.columns}


def _has(config: Section, name: str) -> bool:
    """Whether it is a setting of this command."""
    try:
        value_of(config, name)
    except AttributeError:
        return False
    return True
