"""Noise as pictures that tile: looked up for less than a renderer takes to compute it."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates


def tile(
    rng: np.random.Generator,
    size: int,
    wavelength: tuple[float, float],
    slope: float = 2.0,
) -> np.ndarray:
    """(size, size) float32 noise that goes on at the opposite edge, 0 to 1 with mean 0.5.

    ``wavelength``: the longest waves down and across, in shares of the tile; shorter ones are
    weaker by ``slope``, the exponent of their frequency. Sums by FFT: waves of random phase.
    """
    down = np.fft.fftfreq(size, 1 / size)[:, None] * wavelength[0]
    across = np.fft.rfftfreq(size, 1 / size)[None] * wavelength[1]
    radius = np.hypot(down, across)
    amplitude = np.where(radius >= 0.7, np.maximum(radius, 0.7) ** -slope, 0.0)
    phase = rng.uniform(0, 2 * np.pi, amplitude.shape)
    waves = np.fft.irfft2(amplitude * np.exp(1j * phase), s=(size, size))
    return np.clip(0.5 + waves / (5 * waves.std()), 0, 1).astype(np.float32)


def looked_up(picture: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A tile's values at ``u`` across and ``v`` down, in tiles, linearly interpolated."""
    down, across = (np.asarray(a) * len(picture) for a in (v, u))
    return map_coordinates(picture, (down, across), np.float64, order=1, mode="grid-wrap")
