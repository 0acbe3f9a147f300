"""What a search moves: the mean of a drawn setting, or how fast a scale grows, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from vidsynth.config.images import ImageConfig
from vidsynth.drawing.distributions import of
from vidsynth.drawing.markers import Drawn, marked


class Coordinate(BaseModel):
    """The mean of one setting that is drawn; its spread stays as it is.

    A normal distribution with ``spread`` as standard deviation about the mean, cut at ``within``
    (else at the setting's own bounds). Spread 0 is a constant.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    low: float = Field(description="least mean")
    high: float = Field(description="greatest mean")
    start: float | None = Field(None, description="mean to begin with; null: the middle")
    spread: float = Field(0.0, ge=0, description="standard deviation, which is not searched")
    within: tuple[float, float] | None = Field(None, description="bounds of what is drawn")
    values: int = Field(7, ge=2, le=99, description="means tried by attribute descent")

    @model_validator(mode="after")
    def _bounds(self) -> Coordinate:
        if not self.low < self.high:
            raise ValueError(f"expected low < high, found {self.low:g} and {self.high:g}")
        if not self.low <= self.begin <= self.high:
            raise ValueError(f"expected a start from {self.low:g} to {self.high:g}")
        return self

    @property
    def begin(self) -> float:
        """The mean that a search begins with."""
        return (self.low + self.high) / 2 if self.start is None else self.start

    @property
    def grid(self) -> np.ndarray:
        """The means that attribute descent tries, both bounds included."""
        return np.linspace(self.low, self.high, self.values)

    def setting(self, mean: float) -> Any:
        """The distribution about a mean, as people write it."""
        if self.spread == 0:
            return round(mean, 6)
        written: dict[str, Any] = {"normal": [round(mean, 6), self.spread]}
        if self.within is not None:
            written["within"] = list(self.within)
        of(written)  # raises ValueError where there is no such distribution
        return written


Coordinates = Mapping[str, Coordinate]
"""By the setting's key, sections by dots: ``view.depression``."""


def begin(coordinates: Coordinates) -> dict[str, float]:
    """The means to begin with."""
    return {key: coordinate.begin for key, coordinate in coordinates.items()}


def means(coordinates: Coordinates, point: np.ndarray) -> dict[str, float]:
    """The means at a point ``(D,)`` of the unit box."""
    return {
        key: float(c.low + (c.high - c.low) * min(max(share, 0.0), 1.0))
        for (key, c), share in zip(coordinates.items(), point, strict=True)
    }


def shares(coordinates: Coordinates, point: Mapping[str, float]) -> np.ndarray:
    """The place ``(D,)`` of some means in the unit box."""
    return np.array([(point[key] - c.low) / (c.high - c.low) for key, c in coordinates.items()])


def settings(coordinates: Coordinates, point: Mapping[str, float]) -> dict[str, Any]:
    """What the means come to as settings of a config, by key; a constant is a whole number where
    the setting is."""
    written = {key: c.setting(point[key]) for key, c in coordinates.items()}
    return {
        key: round(value) if key in _whole() and isinstance(value, float) else value
        for key, value in written.items()
    }


@cache
def _whole() -> frozenset[str]:
    """Settings of images that are whole numbers."""
    found = marked(ImageConfig)
    return frozenset(key for key, marker in found if isinstance(marker, Drawn) and marker.whole)
