"""Colours as cameras and people have them: sRGB, linear light, OKLab, and names.

Names are the eleven basic colour terms of Berlin and Kay (Basic Color Terms, 1969). A colour goes
by that of its nearest exemplar in Ottosson's OKLab (A perceptual color space for image processing,
2020): among black, grey and white alone where there is next to no chroma, and not grey where there
is some. A term has several exemplars because terms are not balls: navy and sky are both blue, beige
is a light brown, olive a dark green.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Colour = tuple[float, float, float]
"""sRGB, 0 to 1."""

_REC_709 = (0.2126, 0.7152, 0.0722)


def to_linear(display: np.ndarray) -> np.ndarray:
    """Linear light of sRGB values, both 0 to 1 and of any shape; below 0 it goes on straight."""
    curve = ((np.maximum(display, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(display <= 0.04045, display / 12.92, curve)


def to_display(light: np.ndarray) -> np.ndarray:
    """sRGB values of linear light, both 0 to 1 and of any shape: the inverse of to_linear."""
    curve = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, curve)


def luminance(light: np.ndarray) -> np.ndarray:
    """Brightness (...) of red, green and blue (..., 3), by Rec. 709's weights of linear light;
    float32, or float64 of float64."""
    return light @ np.array(_REC_709, np.result_type(light, np.float32))


@lru_cache(maxsize=64)
def black_body(kelvin: float) -> np.ndarray:
    """Linear RGB (3,), green 1, of a black body.

    By Kim et al.'s cubic spline of the Planckian locus (US patent 7,024,034).
    """
    t = 1000.0 / kelvin
    if kelvin <= 4000:
        x = np.polyval((-0.2661239, -0.2343589, 0.8776956, 0.179910), t)
    else:
        x = np.polyval((-3.0258469, 2.1070379, 0.2226347, 0.240390), t)
    if kelvin <= 2222:
        y = np.polyval((-1.1063814, -1.34811020, 2.18555832, -0.20219683), x)
    elif kelvin <= 4000:
        y = np.polyval((-0.9549476, -1.37418593, 2.09137015, -0.16748867), x)
    else:
        y = np.polyval((3.0817580, -5.87338670, 3.75112997, -0.37001483), x)
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    rgb = (
        np.array(
            [
                [3.2406, -1.5372, -0.4986],
                [-0.9689, 1.8758, 0.0415],
                [0.0557, -0.2040, 1.0570],
            ]
        )
        @ xyz
    )
    return np.maximum(rgb, 0.02) / max(rgb[1], 0.02)


EXEMPLARS: dict[str, tuple[Colour, ...]] = {
    "black": ((0.03, 0.03, 0.03), (0.10, 0.10, 0.11)),
    "grey": (
        (0.27, 0.27, 0.28), (0.36, 0.37, 0.39), (0.46, 0.47, 0.49), (0.60, 0.61, 0.62),
        (0.70, 0.70, 0.71),
    ),
    "white": ((0.79, 0.79, 0.78), (0.87, 0.87, 0.85), (0.95, 0.95, 0.95)),
    "red": ((0.30, 0.05, 0.08), (0.45, 0.09, 0.12), (0.66, 0.10, 0.11), (0.88, 0.18, 0.16)),
    "orange": ((0.82, 0.39, 0.11), (0.95, 0.55, 0.18), (1.00, 0.62, 0.05)),
    "yellow": ((0.70, 0.58, 0.14), (0.85, 0.70, 0.18), (0.95, 0.88, 0.45)),
    "green": (
        (0.08, 0.22, 0.13), (0.13, 0.40, 0.22), (0.32, 0.33, 0.19), (0.10, 0.42, 0.40),
        (0.30, 0.60, 0.30), (0.60, 0.78, 0.50),
    ),
    "blue": (
        (0.08, 0.11, 0.24), (0.13, 0.17, 0.27), (0.14, 0.30, 0.62), (0.24, 0.33, 0.47),
        (0.30, 0.55, 0.85), (0.44, 0.54, 0.64), (0.52, 0.68, 0.82), (0.70, 0.82, 0.93),
    ),
    "purple": ((0.24, 0.10, 0.30), (0.36, 0.18, 0.43), (0.55, 0.35, 0.68), (0.72, 0.58, 0.82)),
    "brown": (
        (0.20, 0.12, 0.08), (0.33, 0.21, 0.14), (0.48, 0.33, 0.20), (0.62, 0.50, 0.36),
        (0.72, 0.63, 0.49), (0.80, 0.72, 0.58),
    ),
    "pink": ((0.84, 0.52, 0.60), (0.93, 0.72, 0.77), (0.88, 0.32, 0.55)),
}  # fmt: skip
"""sRGB, 0 to 1."""

TERMS = tuple(EXEMPLARS)

APART = 0.15
"""OKLab distance that two colours keep if they have to be told apart."""

_CONES = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
)
_OPPONENTS = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
)


def oklab(colours: np.ndarray | Colour) -> np.ndarray:
    """Lightness 0 to 1, green-red and blue-yellow (..., 3) of sRGB colours (..., 3) in 0 to 1."""
    return np.asarray(np.cbrt(to_linear(np.asarray(colours, float)) @ _CONES.T) @ _OPPONENTS.T)


def difference(first: Colour, second: Colour) -> float:
    """Distance in OKLab: about 0.02 is just seen side by side, 1 is black against white."""
    return float(np.linalg.norm(oklab(first) - oklab(second)))


_GREYISH = (0.025, 0.04)
"""Chroma in OKLab below which cloth is black, grey or white to anybody, and above which it is
neither grey nor white; vivid red has 0.26."""

_OWNERS = [term for term, shades in EXEMPLARS.items() for _ in shades]
_PLACES = oklab(np.array([shade for shades in EXEMPLARS.values() for shade in shades]))


@lru_cache(maxsize=4096)
def term(colour: Colour) -> str:
    """The basic term for an sRGB colour."""
    return str(terms(np.array([colour]))[0])


def terms(colours: np.ndarray) -> np.ndarray:
    """The basic terms (N,) for sRGB colours (N, 3)."""
    return terms_of_places(oklab(colours))


def terms_of_places(places: np.ndarray) -> np.ndarray:
    """The basic terms (N,) for places (N, 3) in OKLab."""
    gaps = np.linalg.norm(_PLACES - places[:, None], axis=2)
    chroma = np.linalg.norm(places[:, 1:], axis=1)[:, None]
    gaps[(chroma < _GREYISH[0]) & ~np.isin(_OWNERS, ("black", "grey", "white"))] = np.inf
    gaps[(chroma > _GREYISH[1]) & np.isin(_OWNERS, ("grey", "white"))] = np.inf
    return np.array(_OWNERS)[gaps.argmin(1)]


def told_apart(one: Colour, other: Colour) -> bool:
    """Whether two colours have other names and are far apart: names alone would part neighbours,
    and distance alone a colour in the sun from itself in the shade."""
    return term(one) != term(other) and difference(one, other) >= APART


_MIDDLE, _TOE, _SHOULDER = 0.46, 0.25, 0.20
"""Middle grey as it looks, and how far from black and from white contrast gives way."""


def add_contrast(shown: np.ndarray, slope: float) -> np.ndarray:
    """Display values (0 to 1) with that slope about middle grey.

    Above 1, shadows and highlights roll off, as in cameras' own curves: black stays black and white
    white, and nothing else is clipped to them.
    """
    straight = _MIDDLE + slope * (shown - _MIDDLE)
    if slope <= 1:
        return straight
    dark, dark_power = _bend(_MIDDLE, _TOE, slope)
    light, light_power = _bend(1 - _MIDDLE, _SHOULDER, slope)
    toe = _TOE * (np.clip(shown, 0, dark) / dark) ** dark_power
    shoulder = 1 - _SHOULDER * (np.clip(1 - shown, 0, light) / light) ** light_power
    return np.where(shown < dark, toe, np.where(1 - shown < light, shoulder, straight))


def take_contrast(shown: np.ndarray, slope: float) -> np.ndarray:
    """What `add_contrast` made these display values of, for a slope of 1 or more."""
    straight = _MIDDLE + (shown - _MIDDLE) / slope
    dark, dark_power = _bend(_MIDDLE, _TOE, slope)
    light, light_power = _bend(1 - _MIDDLE, _SHOULDER, slope)
    toe = dark * (np.clip(shown, 0, _TOE) / _TOE) ** (1 / dark_power)
    shoulder = 1 - light * (np.clip(1 - shown, 0, _SHOULDER) / _SHOULDER) ** (1 / light_power)
    return np.where(shown < _TOE, toe, np.where(1 - shown < _SHOULDER, shoulder, straight))


def _bend(middle: float, knee: float, slope: float) -> tuple[float, float]:
    """Where on the way from an end to ``middle`` a power takes over from the straight line that
    reaches ``knee`` there, and that power, with which both have the same slope."""
    at = middle - (middle - knee) / slope
    return at, slope * at / knee
