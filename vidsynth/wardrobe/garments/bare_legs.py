"""Nothing on the legs, as under a dress."""

from __future__ import annotations

from vidsynth.wardrobe.cloth import nothing
from vidsynth.wardrobe.garments.kind import Kind

KIND = Kind(
    "none",
    "lower",
    cut=lambda garment: nothing(),
    legs="bare",
)
