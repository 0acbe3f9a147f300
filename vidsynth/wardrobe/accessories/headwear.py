"""Caps, hats, knitted caps and headphones."""

from __future__ import annotations

import numpy as np

from vidsynth.colour import Colour
from vidsynth.wardrobe.accessories.clothed import Clothed, Part
from vidsynth.wardrobe.accessories.solids import Solid, join, lathe, loft, ribbon
from vidsynth.wardrobe.accessories.worn import Finish

RIM: dict[str, tuple[float, float]] = {
    "cap": (0.962, 0.944), "hat": (0.962, 0.950), "beanie": (0.957, 0.935),
}  # fmt: skip
"""Heights in statures of a hat's lower edge in front and behind; hair above it is underneath."""

_AROUND = np.linspace(-np.pi, np.pi, 40, endpoint=False)
_WAYS = np.stack([np.sin(_AROUND), -np.cos(_AROUND), np.zeros(40)], 1)
"""Around the head from above; 0 is the face."""


def rim_height(kind: str, y: np.ndarray) -> np.ndarray:
    """Height in statures of the edge at depth ``y`` in statures, on the average head."""
    front, back = RIM[kind]
    line: np.ndarray = np.interp(y, (-0.095, 0.03), (front, back))
    return line


def _edge(clothed: Clothed, kind: str, clear: float) -> np.ndarray:
    """(40, 3) the lower edge, ``clear`` metres off head and hair."""
    front, back = RIM[kind]
    share = (1 + np.cos(_AROUND)) / 2
    height = clothed.at(0) + clothed.size * (back + (front - back) * share)
    axis = _axis(clothed)
    start = np.stack([np.full(40, axis[0]), np.full(40, axis[1]), height], 1)
    reach = ((clothed.outermost(start, _WAYS, hair=True) - start) * _WAYS).sum(1)
    # Ears and locks do not dent a hat.
    smooth = np.convolve(np.tile(reach, 3), np.ones(7) / 7, "same")[40:80]
    reach = np.maximum(smooth, np.minimum(reach, smooth + 0.004)) + clear
    edge: np.ndarray = start + reach[:, None] * _WAYS
    return edge


def _axis(clothed: Clothed) -> np.ndarray:
    head = clothed.joint("Head")
    return np.array([0.0, head[1] - 0.008 * clothed.size, 0.0])


def _crown(clothed: Clothed, edge: np.ndarray, rise: float, fullness: float) -> Solid:
    """A dome over the edge up to ``rise`` metres above the head; ``fullness`` 1 is a ball's."""
    top = clothed.at(1.0) + rise
    centre = edge[:, :2].mean(0)
    steps = np.linspace(0, np.pi / 2, 11)
    rings = []
    for step in steps:
        narrow = max(np.cos(step), 0.0) ** fullness
        ring = np.empty((40, 3))
        ring[:, :2] = centre + max(narrow, 0.02) * (edge[:, :2] - centre)
        ring[:, 2] = edge[:, 2] + np.sin(step) * (top - edge[:, 2])
        rings.append(ring)
    inside = np.column_stack([centre + 0.95 * (edge[:, :2] - centre), edge[:, 2] + 0.012])
    return loft(np.array([inside, *rings]))


def _brim(edge: np.ndarray, wide: np.ndarray, drop: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Cross sections (K, 6, 3) of a brim that stands off the edge's ``rows``."""
    out = _WAYS[rows]
    inner = edge[rows] - 0.004 * out
    sections = [inner]
    for share in (0.5, 1.0):
        sections.append(
            inner + share * wide[:, None] * out - [0, 0, 1] * (share**1.6 * drop)[:, None]
        )
    under = [points - [0, 0, 0.004] for points in reversed(sections)]
    return np.stack([*sections, *under], 1)


def cap(clothed: Clothed, colour: Colour) -> list[Part]:
    """A cap with a visor."""
    edge = _edge(clothed, "cap", 0.006)
    crown = _crown(clothed, edge, 0.022, 0.62)
    rows = np.flatnonzero(np.abs(_AROUND) < np.radians(74))
    bow = np.cos(_AROUND[rows] / np.radians(74) * np.pi / 2) ** 0.55
    visor = loft(_brim(edge, 0.078 * bow, 0.030 * bow, rows))
    button = lathe(np.array([(0.001, 0.006), (0.008, 0.004), (0.009, 0.0), (0.001, -0.002)]), 10)
    top = np.array([*edge[:, :2].mean(0), clothed.at(1.0) + 0.022])
    cloth = Finish("fabric", colour)
    return [
        Part(join(crown, button.moved(top)), cloth, "head"),
        Part(
            visor, Finish("fabric", (0.85 * colour[0], 0.85 * colour[1], 0.85 * colour[2])), "head"
        ),
    ]


def hat(clothed: Clothed, colour: Colour) -> list[Part]:
    """A hat with a brim all around and a band."""
    edge = _edge(clothed, "hat", 0.008)
    crown = _crown(clothed, edge, 0.045, 0.38)
    every = np.arange(40)
    sides = np.abs(np.sin(_AROUND))
    brim = loft(_brim(edge, np.full(40, 0.062), 0.012 - 0.016 * sides, every), closed=True)
    centre = np.array([*edge[:, :2].mean(0), 0.0])
    band = [edge + lift * np.array([0, 0, 1.0]) for lift in (0.0, 0.012, 0.026)]
    band = [centre + (ring - centre) * [1.03, 1.03, 1.0] for ring in band]
    dark = (0.35 * colour[0], 0.35 * colour[1], 0.35 * colour[2])
    return [
        Part(join(crown, brim), Finish("felt", colour), "head"),
        Part(loft(np.array(band), caps=False), Finish("fabric", dark), "head"),
    ]


def beanie(clothed: Clothed, colour: Colour) -> list[Part]:
    """A knitted cap with its edge turned up."""
    edge = _edge(clothed, "beanie", 0.007)
    crown = _crown(clothed, edge, 0.034, 0.55)
    centre = np.array([*edge[:, :2].mean(0), 0.0])
    angle = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    cuff = np.stack(
        [
            centre + (edge - centre) * [1 + 0.07 * c + 0.05, 1 + 0.07 * c + 0.05, 1.0]
            + [0, 0, 0.022 + 0.024 * s]
            for c, s in zip(np.cos(angle), np.sin(angle), strict=True)
        ],
        1,
    )  # fmt: skip
    return [Part(join(crown, loft(cuff, closed=True)), Finish("knit", colour), "head")]


def headphones(clothed: Clothed, colour: Colour) -> list[Part]:
    """Headphones: a band over the head, cups on the ears."""
    ears = clothed.ears()
    y, z = ears[:, 1].mean(), ears[:, 2].mean()
    angle = np.radians(np.linspace(-78, 78, 25))
    ways = np.stack([np.sin(angle), np.zeros(25), np.cos(angle)], 1)
    start = np.array([0, y - 0.004, z + 0.010])
    reach = np.linalg.norm(clothed.outermost(start, ways, hair=True) - start, axis=1)
    reach = np.convolve(np.pad(reach, 3, "edge"), np.ones(7) / 7, "valid") + 0.007
    band = ribbon(start + reach[:, None] * ways, ways, 0.026, 0.011)
    cups, pads = [], []
    profile = np.array([(0.001, 0.0), (0.030, 0.0), (0.037, 0.006), (0.036, 0.016), (0.026, 0.022),
                        (0.001, 0.023)])  # fmt: skip
    pad = np.array(
        [(0.001, -0.014), (0.034, -0.014), (0.039, -0.006), (0.036, 0.002), (0.001, 0.002)]
    )
    for ear in ears:
        sign = np.sign(ear[0])
        frame = np.array([[0, 0, sign], [0, 1.0, 0], [1.0, 0, 0]])
        place = np.array([ear[0] + sign * 0.009, ear[1] - 0.006, ear[2]])
        cups.append(lathe(profile, 18).turned(frame).moved(place))
        pads.append(lathe(pad, 18).turned(frame).moved(place))
    return [
        Part(join(band, *cups), Finish("plastic", colour), "head"),
        Part(join(*pads), Finish("leather", (0.06, 0.06, 0.06)), "head"),
    ]
