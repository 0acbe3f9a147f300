"""What a target's crops went through before they reached us: resized to one size, coded as JPEG.

An estimator that learnt from crops straight out of the renderer is wrong about crops that somebody
resized, so the pool's crops go through the same before anything is learnt from them.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vidsynth.develop.photometry import encode_jpeg
from vidsynth.errors import TargetError
from vidsynth.target.crops import Crop

_MOST = 0.9
"""Share of crops that have to agree for something to have been done to all."""

_LUMA = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""Quantisation of luma at quality 50: JPEG's annex K, the Independent JPEG Group's basis."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """``resized_to`` is (width, height) of all crops, None where sizes differ. ``jpeg_quality`` is
    that of the files' last coding, None where they were not coded again."""

    resized_to: tuple[int, int] | None = None
    jpeg_quality: int | None = None

    @classmethod
    def of(cls, crops: Iterable[Crop]) -> Pipe:
        """What all or nearly all of these crops have in common. Raises TargetError for none."""
        sizes: Counter[tuple[int, int]] = Counter()
        qualities: Counter[int | None] = Counter()
        for crop in crops:
            sizes[crop.size] += 1
            qualities[None if crop.tables is None else ijg_quality(crop.tables)] += 1
        count = sum(sizes.values())
        if not count:
            raise TargetError("Expected crops of a target, found none: give a folder of them.")
        size, often = sizes.most_common(1)[0]
        if often < _MOST * count:
            # Crops of many sizes are as the camera gave them: their coding is its own.
            return cls()
        quality, often = qualities.most_common(1)[0]
        return cls(size, quality if often >= _MOST * count else None)

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """The crop (H, W, 3) uint8 after it: uint8 ``(height, width, 3)``."""
        if self.resized_to is not None and self.resized_to != pixels.shape[1::-1]:
            picture = Image.fromarray(pixels).resize(self.resized_to, Image.Resampling.BILINEAR)
            pixels = np.asarray(picture)
        if self.jpeg_quality is not None:
            pixels = recode(pixels, self.jpeg_quality)
        return pixels

    def __str__(self) -> str:
        size = "of any size" if self.resized_to is None else "{} x {}".format(*self.resized_to)
        coded = "" if self.jpeg_quality is None else f", JPEG {self.jpeg_quality}"
        return size + coded


def recode(pixels: np.ndarray, quality: int) -> np.ndarray:
    """Pixels (H, W, 3) uint8 as they come back from a JPEG file of that quality."""
    return np.asarray(Image.open(io.BytesIO(encode_jpeg(pixels, quality))))


def ijg_quality(table: np.ndarray) -> int | None:
    """The quality, 1 to 100, whose luma table of the Independent JPEG Group is nearest to
    ``table`` (8, 8), lowest frequency first; None where none is within 2 %."""
    inner = (table > 1) & (table < 255)
    if not inner.any():
        return 100 if (table <= 1).all() else None
    scale = float(np.mean(100 * table[inner] / _LUMA[inner]))
    guess = (200 - scale) / 2 if scale <= 100 else 5000 / scale
    found = [
        (float(np.abs(_ijg_table(quality) - table).mean() / table.mean()), quality)
        for quality in range(max(1, round(guess) - 2), min(100, round(guess) + 2) + 1)
    ]
    error, quality = min(found)
    return quality if error < 0.02 else None


def _ijg_table(quality: int) -> np.ndarray:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((_LUMA * scale + 50) // 100, 1, 255)
