"""Wrinkles of cloth as a height map over its own coordinates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vidsynth.noise import looked_up, tile

TILE = 0.5
"""Statures of cloth that the map covers each way."""

_SIZE = 256


@lru_cache(maxsize=1)
def wrinkle_map() -> np.ndarray:
    """(256, 256) float32 heights, 0 to 1, that tile: ridges that mostly run down, bent."""
    rng = np.random.default_rng(0)
    plain = tile(rng, _SIZE, (0.5, 0.19), 3.0)
    bend = tile(rng, _SIZE, (0.6, 0.6), 3.5) - 0.5
    v, u = np.meshgrid(*2 * [np.arange(_SIZE) / _SIZE], indexing="ij")
    bent = looked_up(plain, u + 0.12 * bend, v + 0.12 * np.roll(bend, _SIZE // 3, 0))
    return (1 - np.abs(3.0 * bent - 1.5)).clip(0, 1).astype(np.float32)
