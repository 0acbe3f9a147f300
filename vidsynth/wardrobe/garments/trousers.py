"""Trousers, and how everything with legs is cut."""

from __future__ import annotations

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import LEGWEAR
from vidsynth.wardrobe.cutting import compact, cut
from vidsynth.wardrobe.garments.kind import Kind, helper
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import arm_share


def trousers(garment: Garment) -> Cloth:
    """Trousers, jeans, shorts: ``length`` 0 mid-thigh to 1 over the shoe."""
    hem = np.interp(garment.length, (0, 0.45, 1), (0.40, at.KNEE, 0.03))
    piece = helper("tights")
    piece = cut(piece, at.WAIST - piece.rest[:, 2])
    arm = arm_share(piece)
    piece = compact(piece, piece.triangles[(arm[piece.triangles] < 0.5).all(1)])
    piece = cut(piece, piece.rest[:, 2] - hem)
    drape = np.interp(piece.rest[:, 2], (0.30, 0.50, 0.56), (1, 0.6, 0))
    return Cloth(piece, np.ones(len(drape)), drape, legs=True)


KIND = Kind(
    "trousers",
    "lower",
    cut=trousers,
    worn={"female": 3.0, "male": 3.0},
    length=(0.96, 1.0),
    colours=LEGWEAR,
    pockets=True,
)
