"""Skirts, some of denim."""

from __future__ import annotations

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import LEGWEAR
from vidsynth.wardrobe.cutting import cut
from vidsynth.wardrobe.garments.kind import Kind, helper
from vidsynth.wardrobe.records import Garment


def hem(length: float) -> float:
    """Height of a skirt's hem, statures: ``length`` 0 mid-thigh to 1 the ankle."""
    return float(np.interp(length, (0, 0.4, 1), (0.39, at.KNEE, 0.09)))


def skirt(garment: Garment) -> Cloth:
    """A skirt: ``length`` 0 mid-thigh to 1 the ankle."""
    piece = helper("skirt")
    piece = cut(piece, piece.rest[:, 2] - hem(garment.length))
    return Cloth(piece, np.ones(len(piece.rest)), np.interp(piece.rest[:, 2], (0.3, 0.6), (0.3, 0)))


KIND = Kind(
    "skirt",
    "lower",
    cut=skirt,
    worn={"female": 1.8},
    length=(0.0, 1.0),
    colours=LEGWEAR,
    denim=0.2,
    patterned=0.8,
    legs="bare",
)
