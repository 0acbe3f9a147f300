"""Shoes, cut out of the tights' feet, on soles; and how everything on the feet is sewn."""

from __future__ import annotations

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import FOOTWEAR
from vidsynth.wardrobe.cutting import Piece, cut, join
from vidsynth.wardrobe.garments.kind import Kind, helper

LOOSENESS = (0.007, 0.007)

_SOLE = 0.012
"""Height of a sole's upper edge, statures."""

_OVERLAP = 0.7 * _SOLE
_WELT, _TREAD = 1.75, 1.0


def shoe(height: float) -> Cloth:
    """A shoe as high as ``height`` over stature."""
    feet = helper("tights")
    return on_sole(cut(feet, height - feet.rest[:, 2]))


def on_sole(upper: Piece) -> Cloth:
    """What covers the feet, on soles, which stand out around it and no deeper below the foot."""
    feet = helper("tights")
    sole = cut(feet, _SOLE - feet.rest[:, 2])
    upper = cut(upper, upper.rest[:, 2] - _OVERLAP)
    rim = np.interp(sole.rest[:, 2], (0.0005, 0.004), (_TREAD, _WELT))
    stand_off = np.concatenate([rim, np.ones(len(upper.rest))])
    return Cloth(join(sole, upper), stand_off, np.zeros(len(stand_off)))


KIND = Kind(
    "shoes",
    "shoes",
    cut=lambda garment: shoe(0.045),
    worn={"bare": 3.0, "covered": 3.0, "suit": 5.0},
    looseness=LOOSENESS,
    colours=FOOTWEAR,
)
