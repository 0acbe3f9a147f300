"""Sweaters, most of them knitted."""

from __future__ import annotations

from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import short

KIND = Kind(
    "sweater",
    "upper",
    cut=short,
    worn={"female": 2.0, "male": 2.0},
    beneath={"female": 1.0, "male": 1.0},
    length=(0.1, 0.75),
    sleeve=(0.9, 1.0),
    looseness=(0.016, 0.028),
    knitted=0.6,
    patterned=1.0,
)
