"""Coats: close above, hanging from the hips and widening."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import OUTER
from vidsynth.wardrobe.garments.collar import with_collar
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import COLLAR, top
from vidsynth.wardrobe.records import Garment


def coat(garment: Garment) -> Cloth:
    """A coat: ``length`` 0 above the knee to 1 the calf."""
    hem = float(np.interp(garment.length, (0, 1), (0.30, 0.14)))
    sewn = top(hem, garment.sleeve, COLLAR)
    height = sewn.piece.rest[:, 2]
    # Below the hips it hangs from them and widens.
    flare = np.interp(height, (0.14, 0.45), (0.8, 0.0))
    return replace(sewn, stand_off=sewn.stand_off + flare)


KIND = Kind(
    "coat",
    "upper",
    cut=coat,
    add=with_collar,
    worn={"female": 1.5, "male": 1.0},
    length=(0.0, 0.8),
    sleeve=(0.9, 1.0),
    looseness=(0.020, 0.028),
    colours=OUTER,
    patterned=0.3,
    opens=True,
    hangs=True,
    outer=True,
    fastened="buttons",
)
