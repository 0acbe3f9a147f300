"""Jeans: trousers of denim."""

from __future__ import annotations

from vidsynth.wardrobe.colours import LEGWEAR
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.trousers import trousers

KIND = Kind(
    "jeans",
    "lower",
    cut=trousers,
    worn={"female": 3.5, "male": 3.5},
    length=(0.96, 1.0),
    colours=LEGWEAR,
    denim=1.0,
    pockets=True,
)
