"""Dresses: a top and a skirt in one piece, close at the waist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.skirt import hem
from vidsynth.wardrobe.garments.tops import top
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import arm_parameter

_NECK = 0.842


def dress(garment: Garment) -> Cloth:
    """A dress: ``length`` 0 mid-thigh to 1 the ankle."""
    sewn = top(hem(garment.length), garment.sleeve, _NECK)
    height, arm = sewn.piece.rest[:, 2], arm_parameter(sewn.piece)
    flare = np.interp(height, (0.12, 0.5, 0.58, 0.64, 0.70), (1.6, 0.5, 0.0, -0.35, 0.0))
    waisted = np.interp(height, (0.45, 0.56, 0.66, 0.74), (1.0, 0.25, 0.1, 0.5))
    return replace(
        sewn,
        stand_off=sewn.stand_off + np.where(arm < 0.1, flare, 0),
        drape=np.where(arm < 0.1, sewn.drape * waisted, sewn.drape),
    )


KIND = Kind(
    "dress",
    "upper",
    cut=dress,
    worn={"female": 1.4},
    length=(0.15, 0.9),
    sleeve=(0.0, 1.0),
    looseness=(0.010, 0.015),
    patterned=1.0,
    hangs=True,
    one_piece=True,
)
