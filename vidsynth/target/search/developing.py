"""The objective for coordinates of `look` alone: what a pool's light becomes under another camera.

Nothing is rendered: an image costs its development and its features, a tenth of its rendering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.config.images import ImageConfig, LookConfig
from vidsynth.drawing.distributions import Distribution
from vidsynth.drawing.tables import Cell
from vidsynth.errors import ConfigError
from vidsynth.target.distances import Moments, frechet_distance, moments
from vidsynth.target.looks import Look
from vidsynth.target.pool import Pool
from vidsynth.target.search.coordinates import Coordinates
from vidsynth.target.search.evaluations import Point
from vidsynth.target.search.rendering import Features, configured

_DRAWN = tuple(LookConfig.model_fields)


@dataclass(frozen=True)
class DevelopedDistance:
    """Frechet distance between a ``target`` and images of a ``pool`` developed at a point.

    ``rows`` (N,) of the pool are developed; ``base`` is a file of settings of render-images or
    None, ``words`` are settings over it: those of look count. Every image has one random number
    for each setting and for its noise, the same at all points.
    """

    pool: Pool
    rows: np.ndarray
    base: Path | None
    words: Sequence[str]
    coordinates: Coordinates
    target: Moments
    features: Features
    seed: int = 0

    def __post_init__(self) -> None:
        others = [key for key in self.coordinates if not key.startswith("look.")]
        if others:
            raise ConfigError(
                f"Expected coordinates of look for a pool whose light is developed, found "
                f"{', '.join(others)}: leave --pool out, and they are rendered, or leave them out."
            )

    def __call__(self, point: Point) -> float:
        return frechet_distance(moments(self.developed(point)), self.target)

    def config(self, point: Point) -> ImageConfig:
        """The settings at a point. Raises ConfigError."""
        return configured(self.base, self.words, self.coordinates, point)

    def developed(self, point: Point) -> np.ndarray:
        """Features (N, D) of the rows at a point."""
        config = self.config(point)
        looks = list(self.pool.looks)
        for row, chances, chance in zip(self.rows, self._chances, self._of_tables, strict=True):
            cells: dict[str, Cell] = {}
            for table in config.tables.values():
                cells |= table.content.at(float(chance))
            own = dict(zip(_DRAWN, chances[:-1], strict=True))
            drawn = {name: _drawn(config, name, cells, own[name]) for name in _DRAWN}
            looks[row] = Look(photometry(drawn), seed=int(chances[-1] * 2**31))
        return self.features(replace(self.pool, looks=tuple(looks)).pixels(self.rows))

    @cached_property
    def _chances(self) -> np.ndarray:
        return np.random.default_rng(self.seed).random((len(self.rows), len(_DRAWN) + 1))

    @cached_property
    def _of_tables(self) -> np.ndarray:
        """Of which row of the config's tables, the same in each."""
        return np.random.default_rng((self.seed, 1)).random(len(self.rows))


def _drawn(config: ImageConfig, name: str, cells: Mapping[str, Cell], chance: float) -> float:
    """A setting of look: what a row of a table says, or for its own chance."""
    if f"look.{name}" in cells:
        return float(cells[f"look.{name}"])
    drawn: Distribution = getattr(config.look, name)
    return drawn.at(float(chance), name == "jpeg_quality")


def photometry(drawn: dict[str, float]) -> Photometry:
    """A camera with values by the names of settings of look."""
    red, blue = (float(np.exp(drawn[name])) for name in ("red_bias", "blue_bias"))
    return Photometry(
        exposure_ev=drawn["exposure_ev"],
        white_balance=(red, 1.0, blue),
        gamma=drawn["gamma"],
        contrast=drawn["contrast"],
        saturation=drawn["saturation"],
        noise=drawn["noise"],
        blur=drawn["blur"],
        jpeg_quality=round(drawn["jpeg_quality"]),
    )
