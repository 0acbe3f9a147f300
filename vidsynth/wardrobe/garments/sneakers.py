"""Sneakers, on light soles."""

from __future__ import annotations

from vidsynth.wardrobe.colours import FOOTWEAR
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.shoes import LOOSENESS, shoe

KIND = Kind(
    "sneakers",
    "shoes",
    cut=lambda garment: shoe(0.045),
    worn={"bare": 4.0, "covered": 4.0, "suit": 1.0},
    looseness=LOOSENESS,
    colours=FOOTWEAR,
    sole="light",
)
