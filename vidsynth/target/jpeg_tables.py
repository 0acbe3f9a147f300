"""Which quality a JPEG file was written with, by its table of quantisation.

The Independent JPEG Group's library, which most programs use, scales the luma table of ITU-T T.81,
Annex K.1, by a factor that follows from the quality.
"""

from __future__ import annotations

import numpy as np

LUMA = np.array(
    [
        (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55),
        (14, 13, 16, 24, 40, 57, 69, 56), (14, 17, 22, 29, 51, 87, 80, 62),
        (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
        (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
    ]
)  # fmt: skip
"""``(8, 8)``, the lowest frequency first."""


def table(quality: int) -> np.ndarray:
    """The IJG's luma table of a quality from 1 to 100, int ``(8, 8)``."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((LUMA * scale + 50) // 100, 1, 255)


_LOGARITHMS = np.log([table(quality).ravel() for quality in range(1, 101)])


def nearest_quality(found: np.ndarray) -> tuple[float, float]:
    """The quality whose table is nearest to one ``(8, 8)``, and how far off that is.

    The second number is the mean of relative differences: 0 for the IJG's own tables, over 0.02
    for those of other programs, whose quality is then a comparison and no more.
    """
    gaps = np.abs(_LOGARITHMS - np.log(np.clip(found, 1, 65535).ravel())).mean(1)
    place = int(gaps.argmin())
    return float(place + 1), float(np.expm1(gaps[place]))
