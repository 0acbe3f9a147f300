"""Thin tops with long sleeves."""

from __future__ import annotations

from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import short

KIND = Kind(
    "long-sleeve",
    "upper",
    cut=short,
    worn={"female": 2.0, "male": 2.0},
    length=(0.1, 0.75),
    sleeve=(0.9, 1.0),
    looseness=(0.011, 0.020),
    patterned=1.0,
)
