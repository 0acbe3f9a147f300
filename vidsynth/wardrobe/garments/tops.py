"""What tops have in common: a tube to the waist, sleeves, and what hangs from it."""

from __future__ import annotations

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.cutting import Piece, cut, join, rings, sew
from vidsynth.wardrobe.garments.kind import helper
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import (
    ARM,
    SLEEVELESS,
    along_arm,
    arm_parameter,
    arm_share,
    sleeve_reach,
)

COLLAR, ROUND_NECK = 0.868, 0.848
"""Heights of the neck line at the back, statures."""


def short(garment: Garment, neck: float = ROUND_NECK) -> Cloth:
    """A top that ends about the hips: ``length`` 0 above them to 1 below."""
    return top(0.535 - 0.085 * garment.length, garment.sleeve, neck)


def neck_line(piece: Piece, neck: float) -> np.ndarray:
    """(N,) statures: the height at which a top ends, ``neck`` at the back, lower in front."""
    line: np.ndarray = neck - 0.022 * np.clip(-(piece.rest[:, 1] + 0.01) / 0.06, 0, 1)
    return line


def top(hem: float, sleeve: float, neck: float) -> Cloth:
    """A shirt, jacket, coat or dress: a tube to the waist, sleeves, and what hangs from it.

    ``hem`` height over stature, below the waist; ``sleeve`` 0 none to 1 the wrist; ``neck`` height
    of the collar line at the back, over stature.
    """
    trunk = helper("tights")
    trunk = cut(trunk, trunk.rest[:, 2] - 0.57)
    # Both fields are smooth where they cross, and so is the armhole.
    trunk = cut(trunk, np.maximum(sleeve_reach(sleeve) - along_arm(trunk), ARM - arm_share(trunk)))
    if sleeve < SLEEVELESS:
        aside = at.ARMHOLE - np.abs(trunk.rest[:, 0])
        trunk = cut(trunk, np.maximum(aside, at.ARMPIT - trunk.rest[:, 2]))
    # The neck line never reaches the shoulders.
    aside = np.abs(trunk.rest[:, 0]) - 0.056
    trunk = cut(trunk, np.maximum(neck_line(trunk, neck) - trunk.rest[:, 2], aside))
    tail = helper("skirt")
    tail = cut(tail, 0.565 - tail.rest[:, 2])
    tail = cut(tail, tail.rest[:, 2] - hem)
    piece = join(trunk, tail)
    # The two shells run side by side here; without the seam a gap of light would show.
    waist = [
        loop
        for loop in rings(piece)
        if np.ptp(piece.rest[loop, 2]) < 0.004 and 0.56 < piece.rest[loop[0], 2] < 0.575
    ]
    piece = sew(piece, *sorted(waist, key=lambda loop: -piece.rest[loop[0], 2]))
    height, arm = piece.rest[:, 2], arm_parameter(piece)
    drape = np.interp(height, (0.5, 0.6, 0.72, 0.78), (1, 1, 0.6, 0.0))
    drape = np.where(arm > 0.1, 0.45, drape)
    # Cloth lies on the shoulders and at the neck, and hangs from there.
    stand_off = np.interp(height, (0.74, 0.80, 0.86), (1.0, 0.5, 0.4))
    return Cloth(piece, stand_off, drape)
