"""Trousers of a suit."""

from __future__ import annotations

from vidsynth.wardrobe.colours import SUIT
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.garments.trousers import trousers

KIND = Kind(
    "suit-trousers",
    "lower",
    cut=trousers,
    worn={"female": 0.5, "male": 1.0},
    length=(0.96, 1.0),
    looseness=(0.012, 0.018),
    colours=SUIT,
    legs="suit",
    pockets=True,
)
