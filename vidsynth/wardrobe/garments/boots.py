"""Boots, over the ankle."""

from __future__ import annotations

from vidsynth.wardrobe.colours import FOOTWEAR
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.shoes import LOOSENESS, shoe

KIND = Kind(
    "boots",
    "shoes",
    cut=lambda garment: shoe(0.075),
    worn={"bare": 0.6, "covered": 1.2, "suit": 0.5},
    looseness=LOOSENESS,
    colours=FOOTWEAR,
    covers=0.065,
)
