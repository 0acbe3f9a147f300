"""Opens jackets, coats and hoodies in front: the cloth is cut and its edges stand away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.wardrobe.cloth import Cloth, trimmed

_NARROW, _WIDE = 0.012, 0.05
"""Statures: half the width of an opening at the waist."""

_EDGE, _LIFT = 0.03, 0.9
"""Statures from an edge at which cloth lies as if closed; how much further it stands off there,
in multiples of the garment's looseness."""


def opened(cloth: Cloth, wide: float) -> Cloth:
    """The top open in front, ``wide`` from 0 (a gap) to 1: widest at the collar and the hem."""
    x, y, z = cloth.piece.rest.T
    waist = _NARROW + (_WIDE - _NARROW) * wide
    height = (min(0.45, float(z.min())), 0.62, 0.78, 0.84)
    half = np.interp(z, height, (1.25 * waist, waist, waist, max(1.15 * waist, 0.03)))
    beyond = np.abs(x) - half
    lift = _LIFT * np.clip(1 - beyond / _EDGE, 0, 1) ** 2 * np.interp(z, (0.6, 0.8), (1.0, 0.4))
    front = y < 0
    raised = replace(cloth, stand_off=cloth.stand_off + np.where(front, lift, 0))
    return trimmed(raised, np.where(front, beyond, np.maximum(beyond, y)))
