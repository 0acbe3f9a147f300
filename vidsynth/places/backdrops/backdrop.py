"""Photographs that stand behind people, as linear light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vidsynth.colour import take_contrast, to_linear
from vidsynth.user_files.pictures import read_rgb

_CONTRAST = 1.3


@dataclass(frozen=True)
class Backdrop:
    """A photograph behind people.

    path: the picture.
    horizon: height of its horizon, 0 at the top to 1 at the bottom.
    slide: which part is shown where it is wider than the frame, 0 to 1.
    """

    path: Path
    horizon: float = 0.5
    slide: float = 0.5


@lru_cache(maxsize=8)
def load(path: Path) -> Image.Image:
    """The picture, RGB, upright."""
    return read_rgb(path)


def scene_light(pixels: np.ndarray) -> np.ndarray:
    """Linear light (H, W, 3) of sRGB pixels (H, W, 3) uint8.

    The contrast that a usual camera adds is taken back, since the simulated camera adds its own.
    """
    return to_linear(take_contrast(pixels.astype(np.float32) / 255, _CONTRAST))
