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
from vidsynth.target.jpeg_tables import nearest_quality

_MOST = 0.9
"""Share of crops that have to agree for something to have been done to all."""
_OTHER_TABLE = 0.02
"""Mean relative difference from which on a table is no table of the IJG."""


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
            qualities[_quality(crop.tables)] += 1
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


def _quality(table: np.ndarray | None) -> int | None:
    if table is None:
        return None
    quality, off = nearest_quality(table)
    return round(quality) if off < _OTHER_TABLE else None
