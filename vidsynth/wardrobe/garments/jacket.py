"""Jackets, some of denim."""

from __future__ import annotations

from vidsynth.wardrobe.garments.collar import with_collar
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import COLLAR, short

KIND = Kind(
    "jacket",
    "upper",
    cut=lambda garment: short(garment, COLLAR),
    add=with_collar,
    worn={"female": 2.5, "male": 2.5},
    length=(0.15, 1.0),
    sleeve=(0.9, 1.0),
    looseness=(0.016, 0.028),
    denim=0.15,
    patterned=0.3,
    opens=True,
    outer=True,
    fastened="zip",
)
