"""Tied hair: a knot, or a tail that falls over the clothes behind."""

from __future__ import annotations

import numpy as np

from vidsynth.colour import Colour
from vidsynth.wardrobe.accessories.clothed import Clothed, Part
from vidsynth.wardrobe.accessories.headwear import RIM
from vidsynth.wardrobe.accessories.solids import Solid, join, pillow, tube
from vidsynth.wardrobe.accessories.worn import Finish

TIED = ("bun", "ponytail")

_KNOT = {"bun": (0.968, 0.046), "ponytail": (0.953, 0.040)}
"""Height and depth of where hair is tied, statures on the average head."""


def tied(clothed: Clothed, style: str, colour: Colour, hat: str) -> list[Part]:
    """The knot or the tail of the style; a bun is under a hat, a tail comes out below it."""
    if style == "bun" and hat in RIM:
        return []
    height = _KNOT[style][0]
    if hat in RIM:
        height = min(height, RIM[hat][1] - 0.008)
    z = clothed.at(height)
    start = np.array([[0.0, clothed.joint("Head")[1], z]])
    back = clothed.outermost(start, np.array([[0.0, 1.0, 0.0]]), hair=True)[0, 1]
    finish = Finish("hair", colour)
    if style == "bun":
        knot = pillow((0.085, 0.070, 0.080), 2.2).moved((0, back + 0.016, z))
        return [Part(knot, finish, "head")]
    return [Part(_tail(clothed, z, back), finish, "head")]


def _tail(clothed: Clothed, z: float, back: float) -> Solid:
    """A tail that springs from the knot and falls, outside of neck and clothes."""
    share = np.linspace(0, 1, 16)
    length = 0.30 * clothed.size / 1.65
    fall = z + 0.004 - length * np.clip(share - 0.10, 0, None) / 0.90
    depth = back + 0.004 + 0.042 * np.sin(np.pi * np.clip(share / 0.45, 0, 0.5))
    radius = np.interp(share, (0, 0.08, 0.35, 0.75, 1), (0.012, 0.019, 0.027, 0.022, 0.004))
    start = np.stack([np.zeros(16), np.full(16, clothed.joint("Head")[1]), fall], 1)
    behind = clothed.outermost(start, np.tile([0.0, 1.0, 0.0], (16, 1)))[:, 1]
    depth = np.maximum(depth - 0.03 * share, behind + 0.8 * radius)
    depth = np.convolve(np.pad(depth, 2, "edge"), np.ones(5) / 5, "valid")
    tail = tube(np.stack([np.zeros(16), depth, fall], 1), radius, 14)
    # Strands stand out along it.
    around = np.arange(len(tail.points)) % 14
    ridged = tail.points.copy()
    ridged[:, 0] *= np.where(around % 2 == 0, 1.0, 0.88)
    band = tube(
        np.array([[0.0, back - 0.006, z + 0.003], [0.0, back + 0.014, z + 0.003]]), 0.020, 12
    )
    return join(Solid(ridged, tail.triangles), band)
