"""What lens and shutter do to light before a sensor counts it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vidsynth.colour import black_body

_DAYLIGHT = 6500.0
_SHORTEST = 0.3


def temperature_gains(kelvin: float) -> np.ndarray:
    """Linear RGB gains (3,), green 1, of a camera that takes light of ``kelvin`` for white.

    6500 leaves daylight as it is; a camera set to tungsten, 3200, turns daylight blue.
    """
    return black_body(_DAYLIGHT) / black_body(kelvin)


def blur_motion(light: np.ndarray, mask: np.ndarray, moved: tuple[float, float]) -> np.ndarray:
    """Light (H, W, 3) with what is in ``mask`` (H, W) smeared over ``moved`` (x, y) pixels.

    The person moves, the place behind does not: outside the mask only the person's light is
    spread. Within, what is behind the person is taken for what lies beside them.
    """
    if np.hypot(*moved) < _SHORTEST or not mask.any():
        return light
    kernel = _line(round(moved[0], 1), round(moved[1], 1))
    mine = mask[..., None].astype(np.float32)
    smeared = _filter(np.concatenate([light * mine, light, mine], -1), kernel)
    beside = smeared[..., :3] + (1.0 - smeared[..., 6:]) * light
    return np.where(mask[..., None], smeared[..., 3:6], beside)


def defocus(light: np.ndarray, radius: float) -> np.ndarray:
    """Light (H, W, 3) of a lens that makes of a point a disc of ``radius`` pixels."""
    return _filter(light, _disc(radius)) if radius > 0 else light


@lru_cache(maxsize=256)
def _line(x: float, y: float) -> np.ndarray:
    """A kernel (2R + 1, 2R + 1) that spreads a pixel evenly along (x, y), about its middle."""
    radius = int(np.ceil(max(abs(x), abs(y)) / 2)) + 1
    kernel = np.zeros((2 * radius + 1,) * 2, np.float32)
    for share in np.linspace(-0.5, 0.5, 8 * radius + 1):
        column, row = radius + share * x, radius + share * y
        left, top = int(np.floor(column)), int(np.floor(row))
        right, low = column - left, row - top
        for at, weight in (
            ((top, left), (1 - low) * (1 - right)),
            ((top, left + 1), (1 - low) * right),
            ((top + 1, left), low * (1 - right)),
            ((top + 1, left + 1), low * right),
        ):
            kernel[at] += weight
    return kernel / kernel.sum()


@lru_cache(maxsize=64)
def _disc(radius: float) -> np.ndarray:
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0.0, 1.0).astype(np.float32)
    return kernel / kernel.sum()


def _filter(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The image (H, W, C) under a small kernel: as many shifted copies as it has weights."""
    reach = kernel.shape[0] // 2
    height, width = image.shape[:2]
    around = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    total = np.zeros_like(image)
    for row, column in zip(*np.nonzero(kernel > 1e-4), strict=True):
        total += kernel[row, column] * around[row : row + height, column : column + width]
    return total / kernel[kernel > 1e-4].sum()
