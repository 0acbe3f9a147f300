"""What is read from a crop's file and computed from its pixels, without a net."""

from __future__ import annotations

from vidsynth.target.crops import Crop


def measure_pixels(crop: Crop) -> dict[str, float]:
    """Every quantity of `QUANTITIES` that is read or computed per image or camera, by name.

    A quantity that the crop says nothing about (the quality of a PNG file) is NaN.
    """
    raise NotImplementedError
