"""Hoodies: a top and its hood, lying on the upper back: a patch of the trunk's shell, padded."""

from __future__ import annotations

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.cutting import Piece, cut, join
from vidsynth.wardrobe.garments.kind import Kind, helper
from vidsynth.wardrobe.garments.tops import short

_NECK = 0.856
_WIDTH, _TOP, _BOTTOM = 0.088, 0.864, 0.765
"""Statures: half the width, and the heights between which the hood lies."""


def hood(trunk: Piece) -> tuple[Piece, np.ndarray]:
    """The hood cut out of the trunk's shell, open around the neck, and how much further than the
    top it stands off (N,), in multiples of the top's looseness."""
    x, y, z = trunk.rest.T
    # Around the neck to its sides, and a rounded sack behind.
    low = np.interp(y, (-0.045, -0.01, 0.02), (0.845, 0.812, _BOTTOM))
    across = 1 - (x / _WIDTH) ** 2
    keep = np.minimum(z - (low + (0.86 - low) * np.clip(1 - across, 0, 1) ** 1.5), 0.03 * across)
    piece = cut(trunk, np.minimum(keep, _TOP - z))
    x, y, z = piece.rest.T
    behind = np.clip((y + 0.015) / 0.035, 0, 1)
    sack = np.clip((z - _BOTTOM) / 0.03, 0, 1) * np.clip(1 - (x / _WIDTH) ** 2, 0, 1)
    return piece, 0.9 + (0.5 + 1.1 * behind) * sack


def with_hood(sewn: Cloth) -> Cloth:
    """The top and a hood on its back."""
    sack, padding = hood(helper("tights"))
    return Cloth(
        join(sewn.piece, sack),
        np.concatenate([sewn.stand_off, padding]),
        np.concatenate([sewn.drape, np.zeros(len(padding))]),
    )


KIND = Kind(
    "hoodie",
    "upper",
    cut=lambda garment: short(garment, _NECK),
    add=with_hood,
    worn={"female": 1.3, "male": 1.3},
    length=(0.3, 0.8),
    sleeve=(0.9, 1.0),
    looseness=(0.020, 0.028),
    patterned=1.0,
    opens=True,
)
