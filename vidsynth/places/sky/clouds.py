"""The procedural sky as a picture: a gradient and a layer of clouds."""

from __future__ import annotations

import numpy as np

from vidsynth.noise import looked_up, tile
from vidsynth.places.sky.light import Daylight

_HEIGHT = 128
_TILE = 512
_SPAN = 9.0
"""Of the layer of clouds, in its own heights, that is drawn before it repeats."""


def cloudy_sky(light: Daylight, rng: np.random.Generator) -> np.ndarray:
    """(128, 256, 3) float32 linear radiance, equirectangular, the zenith in the last row."""
    elevation = (np.arange(_HEIGHT) + 0.5) / _HEIGHT * np.pi - np.pi / 2
    azimuth = (np.arange(2 * _HEIGHT) + 0.5) / (2 * _HEIGHT) * 2 * np.pi
    high = np.maximum(np.sin(elevation), 0.0)[:, None, None]
    horizon, zenith = np.array(light.horizon), np.array(light.zenith)
    sky = np.tile(horizon + (zenith - horizon) * high**0.55, (1, 2 * _HEIGHT, 1))
    if not light.clouds:
        return sky.astype(np.float32)
    # A layer of clouds, flat overhead and dense towards the horizon.
    away = np.cos(elevation)[:, None] / (high[..., 0] + 0.12) / _SPAN
    layer = tile(rng, _TILE, (0.28, 0.28), 1.6)
    noise = looked_up(layer, away * np.cos(azimuth), away * np.sin(azimuth))
    edge = 0.62 - 0.25 * light.clouds
    covered = np.clip((noise - edge) / 0.14, 0, 1)[..., None]
    bright = max(light.horizon)
    white = np.minimum(1.25 * bright, 0.4 * horizon + 0.8 * bright)
    return (sky + covered * (white - sky)).astype(np.float32)
