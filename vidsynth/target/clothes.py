"""What colours people wear above and below, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vidsynth.colour import TERMS, oklab, terms_of_places, to_display, to_linear

_MIDDLE_GREY = 0.18
"""Linear light of CIELAB's lightness 50."""
_LIGHTNESS, _SPREAD, _CHROMA = 0.45, 0.2, 0.08
"""OKLab: median and standard deviation of the lightness of clothes, and the chroma that three of
four stay below. With them the right term was found for 57 and 50 % of 480 rendered tracklets of dim
cameras, above and below, without for 28 and 26 %."""
_MOST_CHROMA = 4.0
_STEP = 0.05
"""What a camera's cast and luma are rounded to, and logarithms of its contrast and saturation."""


def terms_worn(
    colours: Sequence[np.ndarray], cast: tuple[float, float], middle: float
) -> tuple[list[str], list[str]]:
    """The basic colour terms of what is worn above and below, for each tracklet of a camera.

    Args:
        colours: `clothes_colours` of each tracklet's crops, (N, 2, 3).
        cast: the camera's, which is taken off.
        middle: median luma, 0 to 1, of the camera's crops, which is brought to middle grey.

    A camera's contrast and saturation are then those of usual clothes: people wear the same in
    front of all cameras. All are rounded, so that one tracklet more or less does not rename what
    others wear. Of a tracklet's crops the most frequent term counts, among as frequent ones the
    first in `TERMS`.
    """
    red, blue, middle = (_STEP * np.round(value / _STEP) for value in (*cast, middle))
    gains = np.exp(-np.array([red, 0.0, blue]))
    display = np.concatenate([of.reshape(-1, 3) for of in colours]) * np.nan_to_num(gains, nan=1.0)
    light = to_linear(display)
    exposure = _MIDDLE_GREY / max(float(to_linear(np.array(middle))), 1e-3)
    places = _like_usual_clothes(oklab(np.clip(to_display(light * exposure), 0, 1)))
    named = terms_of_places(places).reshape(-1, 2)
    ends = np.cumsum([len(of) for of in colours])[:-1]
    above, below = [], []
    for part in np.split(named, ends):
        above.append(_majority(part[:, 0]))
        below.append(_majority(part[:, 1]))
    return above, below


def _like_usual_clothes(places: np.ndarray) -> np.ndarray:
    """Places (N, 3) in OKLab with the lightness and chroma that clothes usually have together; as
    they are where there are too few to tell."""
    if len(places) < _LEAST:
        return places
    found = places.copy()
    light, chroma = places[:, 0], np.linalg.norm(places[:, 1:], axis=1)
    contrast = _rounded(_SPREAD / max(float(light.std()), 0.03))
    median = _STEP * np.round(np.median(light) / _STEP)
    found[:, 0] = np.clip((light - median) * contrast + _LIGHTNESS, 0, 1)
    saturation = _CHROMA / max(float(np.quantile(chroma, 0.75)), 1e-3)
    found[:, 1:] *= _rounded(float(np.clip(saturation, 1, _MOST_CHROMA)))
    return found


_LEAST = 60
"""Colours from which on a camera's contrast and saturation are told from those of clothes."""


def _rounded(factor: float) -> float:
    return float(np.exp(_STEP * np.round(np.log(factor) / _STEP)))


def _majority(names: np.ndarray) -> str:
    counts = Counter(names.tolist())
    return min(TERMS, key=lambda term: -counts[term])
