"""Leggings."""

from __future__ import annotations

from vidsynth.wardrobe.colours import LEGWEAR
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.trousers import trousers

KIND = Kind(
    "leggings",
    "lower",
    cut=trousers,
    worn={"female": 1.8},
    length=(0.8, 0.97),
    looseness=(0.003, 0.005),
    colours=LEGWEAR,
    clings=True,
)
