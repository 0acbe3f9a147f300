"""Shorts, some of denim."""

from __future__ import annotations

from vidsynth.wardrobe.colours import LEGWEAR
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.trousers import trousers

KIND = Kind(
    "shorts",
    "lower",
    cut=trousers,
    worn={"female": 1.6, "male": 1.6},
    length=(0.05, 0.5),
    looseness=(0.010, 0.020),
    colours=LEGWEAR,
    denim=0.2,
    legs="bare",
    pockets=True,
)
