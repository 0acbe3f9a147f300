"""T-shirts."""

from __future__ import annotations

from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.tops import short

KIND = Kind(
    "t-shirt",
    "upper",
    cut=short,
    worn={"female": 4.0, "male": 4.0},
    beneath={"female": 3.0, "male": 3.0},
    length=(0.1, 0.75),
    sleeve=(0.26, 0.46),
    looseness=(0.011, 0.022),
    patterned=1.0,
)
