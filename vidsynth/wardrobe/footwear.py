"""Shoes and sandals, cut out of the tights' feet, on soles."""

from __future__ import annotations

import numpy as np

from vidsynth.wardrobe.cutting import Piece, cut, join

SOLE = 0.012
"""Height of a sole's upper edge, statures."""

_OVERLAP = 0.7 * SOLE
_WELT, _TREAD = 1.75, 1.0
_STRAPS = ((-0.074, 0.013), (-0.022, 0.010))
"""Of a sandal: where they lie from heel to toe (y) and half their width, statures."""


def shoe(feet: Piece, height: float) -> tuple[Piece, np.ndarray]:
    """A shoe as high as ``height`` over stature, and its stand-off (N,) in multiples of a shoe's.

    The sole stands out around the upper, and no deeper below the foot than that.
    """
    low = cut(feet, height - feet.rest[:, 2])
    return _joined(_sole(feet), cut(low, low.rest[:, 2] - _OVERLAP))


def sandal(feet: Piece) -> tuple[Piece, np.ndarray]:
    """A sole, a strap over the toes' roots, one over the instep and one around the heel."""
    y, z = feet.rest[:, 1], feet.rest[:, 2]
    across = [half - np.abs(y - at) for at, half in _STRAPS]
    heel = np.minimum(0.0065 - np.abs(z - 0.036), y + 0.022)
    straps = cut(feet, np.minimum(np.maximum.reduce([*across, heel]), 0.045 - z))
    return _joined(_sole(feet), cut(straps, straps.rest[:, 2] - _OVERLAP))


def _sole(feet: Piece) -> Piece:
    return cut(feet, SOLE - feet.rest[:, 2])


def _joined(sole: Piece, upper: Piece) -> tuple[Piece, np.ndarray]:
    height = sole.rest[:, 2]
    rim = np.interp(height, (0.0005, 0.004), (_TREAD, _WELT))
    return join(sole, upper), np.concatenate([rim, np.ones(len(upper.rest))])
