"""Shirts and blouses with a collar and buttons."""

from __future__ import annotations

from vidsynth.wardrobe.garments.collar import with_collar
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import COLLAR, short

KIND = Kind(
    "shirt",
    "upper",
    cut=lambda garment: short(garment, COLLAR),
    add=with_collar,
    worn={"female": 2.0, "male": 2.0},
    beneath={"female": 2.0, "male": 2.0},
    length=(0.1, 0.75),
    sleeve=(0.4, 1.0),
    looseness=(0.013, 0.022),
    patterned=1.0,
    fastened="buttons",
)
