"""What colours people wear above and below, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vidsynth.colour import TERMS, terms, to_display, to_linear

_MIDDLE_GREY = 0.18
"""Linear light of CIELAB's lightness 50."""
_STEP = 0.05
"""What a camera's cast and luma are rounded to."""


def terms_worn(
    colours: Sequence[np.ndarray], cast: tuple[float, float], middle: float
) -> tuple[list[str], list[str]]:
    """The basic colour terms of what is worn above and below, for each tracklet of a camera.

    Args:
        colours: `clothes_colours` of each tracklet's crops, (N, 2, 3).
        cast: the camera's, which is taken off.
        middle: median luma, 0 to 1, of the camera's crops, which is brought to middle grey.

    Both are rounded, so that one tracklet more or less does not rename what others wear. Of a
    tracklet's crops the most frequent term counts, among as frequent ones the first in `TERMS`.
    """
    red, blue, middle = (_STEP * np.round(value / _STEP) for value in (*cast, middle))
    gains = np.exp(-np.array([red, 0.0, blue]))
    display = np.concatenate([of.reshape(-1, 3) for of in colours]) * np.nan_to_num(gains, nan=1.0)
    light = to_linear(display)
    exposure = _MIDDLE_GREY / max(float(to_linear(np.array(middle))), 1e-3)
    named = terms(np.clip(to_display(light * exposure), 0, 1)).reshape(-1, 2)
    ends = np.cumsum([len(of) for of in colours])[:-1]
    above, below = [], []
    for part in np.split(named, ends):
        above.append(_majority(part[:, 0]))
        below.append(_majority(part[:, 1]))
    return above, below


def _majority(names: np.ndarray) -> str:
    counts = Counter(names.tolist())
    return min(TERMS, key=lambda term: -counts[term])
