"""Tops without sleeves."""

from __future__ import annotations

from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import short

KIND = Kind(
    "tank-top",
    "upper",
    cut=short,
    worn={"female": 0.9, "male": 0.25},
    beneath={"female": 1.0},
    length=(0.1, 0.75),
    looseness=(0.010, 0.014),
    patterned=1.0,
)
