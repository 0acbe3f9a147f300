"""What tells a search from another, and the config that it ends with."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml

from vidsynth.config.images import ImageConfig
from vidsynth.drawing.distributions import Distribution
from vidsynth.errors import ConfigError
from vidsynth.files import write_whole
from vidsynth.run.build import build
from vidsynth.settings import fingerprint
from vidsynth.target.distances import Moments
from vidsynth.target.search.coordinates import Coordinate, Coordinates, settings
from vidsynth.target.search.evaluations import Point

MARK = "Frechet distance"
"""What the first comment of a config that was found begins with."""


def problem(first: ImageConfig, coordinates: Coordinates, target: Moments, how: str) -> str:
    """One word for all that the values of a record depend on: what is rendered and by which build,
    what is moved, what it is compared with."""
    parts = [
        fingerprint(first),
        json.dumps({key: c.model_dump() for key, c in coordinates.items()}, sort_keys=True),
        target.mean.round(6).tobytes().hex(),
        target.cov.round(6).tobytes().hex(),
        json.dumps(build(), sort_keys=True),
        how,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def starting(coordinates: Coordinates, config: ImageConfig) -> dict[str, Coordinate]:
    """Coordinates that begin where a config is: at the middle of what it draws, within bounds.
    Settings that its tables hold are left out: those are drawn together, and stay so.

    Raises ConfigError where none is left.
    """
    begun = {}
    for key, coordinate in coordinates.items():
        section, name = key.split(".")
        drawn: Distribution | None = getattr(getattr(config, section), name)
        if drawn is None:
            begun[key] = coordinate
        elif drawn.table is None:
            middle = min(max(drawn.at(0.5), coordinate.low), coordinate.high)
            begun[key] = coordinate.model_copy(update={"start": middle})
    if not begun:
        raise ConfigError(
            f"Expected a coordinate that no table of the config holds, found "
            f"{', '.join(coordinates)}, all in tables: those are not moved. Name other "
            "--coordinates, or leave --config out."
        )
    return begun


def write_found(
    path: Path, base: Path | None, coordinates: Coordinates, found: Point, said: str
) -> None:
    """Writes a config of render-images: what was found over the ``base`` that it began with, a
    path from the file. ``said`` is its first comment."""
    sections: dict[str, dict[str, object]] = {}
    for key, value in settings(coordinates, found).items():
        section, name = key.split(".")
        sections.setdefault(section, {})[name] = value
    values = {**({} if base is None else {"base": str(base)}), **sections}
    write_whole(path, f"# {said}\n{yaml.safe_dump(values, sort_keys=False)}".encode())
