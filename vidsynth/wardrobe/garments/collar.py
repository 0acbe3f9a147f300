"""Collars of shirts, jackets and coats: a band of the trunk's shell that falls from the neck line
and ends in two points."""

from __future__ import annotations

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.cutting import Piece, cut, join
from vidsynth.wardrobe.garments.kind import helper
from vidsynth.wardrobe.garments.tops import COLLAR, neck_line

_WIDE = 0.062
"""Statures: half the width over the shoulders."""

_POINT = (0.024, 0.808)
"""Statures: how far from the middle, and how high, each point lies."""

_OUT = 0.5
_BEFORE, _BEHIND = 0.9, 0.15
"""How far it stands off at the neck line, and how much further at its lower edge, in multiples of
the top's looseness: behind, long hair hangs over it."""


def with_collar(sewn: Cloth) -> Cloth:
    """The top and a collar on its neck line; where the front is open, beside the opening."""
    x, y, z = sewn.piece.rest.T
    ahead = (y < -0.03) & (z > 0.80)
    gap = float(np.abs(x[ahead]).min(initial=_WIDE))
    piece = _collar(helper("tights"), gap)
    fall = np.clip((neck_line(piece, COLLAR) - piece.rest[:, 2]) / 0.03, 0, 1)
    further = np.interp(piece.rest[:, 1], (-0.03, 0.01), (_BEFORE, _BEHIND))
    return Cloth(
        join(sewn.piece, piece),
        np.concatenate([sewn.stand_off, _OUT + further * fall]),
        np.concatenate([sewn.drape, np.zeros(len(fall))]),
    )


def _collar(trunk: Piece, gap: float) -> Piece:
    """The band, cut line by line, its two sides ``gap`` statures from the middle in front."""
    piece = cut(trunk, trunk.rest[:, 2] - 0.79)
    piece = cut(piece, _WIDE - np.abs(piece.rest[:, 0]))
    piece = cut(piece, neck_line(piece, COLLAR) - piece.rest[:, 2])
    x, y, z = np.abs(piece.rest[:, 0]), piece.rest[:, 1], piece.rest[:, 2]
    aside, low = _POINT
    behind = np.interp(y, (-0.01, 0.02), (0.846, 0.840))
    before = low + 1.25 * (x - aside)
    front = np.clip((-0.015 - y) / 0.02, 0, 1)
    piece = cut(piece, z - (behind + front * (before - behind)))
    x, y, z = np.abs(piece.rest[:, 0]), piece.rest[:, 1], piece.rest[:, 2]
    apart = gap + aside * (neck_line(piece, COLLAR) - z) / (COLLAR - 0.022 - low)
    return cut(piece, np.where(y < -0.02, x - apart - 0.002, 0.01))
