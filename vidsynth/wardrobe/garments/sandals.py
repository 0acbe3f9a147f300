"""Sandals: straps on a sole."""

from __future__ import annotations

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import FOOTWEAR
from vidsynth.wardrobe.cutting import cut
from vidsynth.wardrobe.garments.kind import Kind, helper
from vidsynth.wardrobe.garments.shoes import LOOSENESS, on_sole

_STRAPS = ((-0.074, 0.013), (-0.022, 0.010))
"""Where they lie from heel to toe (y) and half their width, statures."""


def sandal() -> Cloth:
    """A sole, a strap over the toes' roots, one over the instep and one around the heel."""
    feet = helper("tights")
    y, z = feet.rest[:, 1], feet.rest[:, 2]
    across = [half - np.abs(y - at) for at, half in _STRAPS]
    heel = np.minimum(0.0065 - np.abs(z - 0.036), y + 0.022)
    return on_sole(cut(feet, np.minimum(np.maximum.reduce([*across, heel]), 0.045 - z)))


KIND = Kind(
    "sandals",
    "shoes",
    cut=lambda garment: sandal(),
    worn={"bare": 1.5, "covered": 0.25},
    looseness=LOOSENESS,
    colours=FOOTWEAR,
    covers=0.004,
)
