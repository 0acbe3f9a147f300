"""A file of coordinates: what a search moves."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from strict_reading import Unreadable, parse_yaml, read_text
from vidsynth.config.images import ImageConfig
from vidsynth.errors import ConfigError
from vidsynth.settings import load_image_config
from vidsynth.target.search.coordinates import Coordinate, settings

LIKELY = {
    "view.depression": Coordinate(low=0, high=60, start=25, spread=5, within=(-5, 80)),
    "view.distance": Coordinate(low=3, high=12, spread=1, within=(1.5, 20)),
    "view.height": Coordinate(low=50, high=290, spread=30, within=(20, 400)),
    "light.elevation": Coordinate(low=5, high=85, start=45, spread=8, within=(2, 90)),
    "light.intensity": Coordinate(low=0.2, high=2, start=1, spread=0.2, within=(0, 3)),
    "look.exposure_ev": Coordinate(low=-1.5, high=1.5, spread=0.2),
    "look.gamma": Coordinate(low=0.5, high=2, start=1, spread=0.1, within=(0.3, 3)),
    "look.contrast": Coordinate(low=0.7, high=1.6, start=1, spread=0.1, within=(0.3, 3)),
    "look.saturation": Coordinate(low=0.4, high=1.6, spread=0.1, within=(0, 2)),
    "look.noise": Coordinate(low=0, high=12, start=2, spread=1, within=(0, 40)),
    "look.blur": Coordinate(low=0, high=2.5, start=0.5, spread=0.15, within=(0, 6)),
    "look.jpeg_quality": Coordinate(low=20, high=95, start=80, spread=5, within=(5, 100)),
}
"""Twelve means that a target may have otherwise; configs/target/coordinates.yaml has them too."""


class Recipe(BaseModel):
    """The coordinates, by setting."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coordinates: dict[str, Coordinate] = Field(min_length=1, max_length=99)


def read_recipe(path: Path | None) -> dict[str, Coordinate]:
    """The coordinates of a file, else `LIKELY`. Raises ConfigError."""
    if path is None:
        return dict(LIKELY)
    try:
        found = Recipe.model_validate(parse_yaml(read_text(path)))
    except Unreadable as error:
        raise ConfigError(f"Expected coordinates in {path}, found: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(
            f"Expected coordinates in {path}, as in configs/target/coordinates.yaml; {where}: "
            f"{first['msg'].removeprefix('Value error, ')}."
        ) from None
    known = {
        f"{section}.{name}"
        for section in ("view", "light", "look", "pose", "occluders", "companion")
        for name in type(getattr(ImageConfig(), section)).model_fields
    }
    strangers = sorted(found.coordinates.keys() - known)
    if strangers:
        raise ConfigError(
            f"Expected coordinates that are drawn for images in {path}, found {strangers[0]}: "
            "`vidsynth settings render-images` lists what is drawn, in view, light, look and pose."
        )
    for key, coordinate in found.coordinates.items():
        # What can be drawn about the ends can be drawn about all that lies between.
        for mean in (coordinate.low, coordinate.high):
            try:
                written = settings({key: coordinate}, {key: mean})[key]
                load_image_config(None, [f"{key}={json.dumps(written)}"])
            except (ConfigError, ValueError) as error:
                raise ConfigError(
                    f"Expected means of {key} that can be rendered in {path}, found {mean:g}: "
                    f"{_first_line(error)}"
                ) from None
    return dict(found.coordinates)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return f"{error.errors()[0]['msg'].removeprefix('Value error, ')}."
    return str(error)
