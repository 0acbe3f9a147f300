"""Pictures that cloth is made of, and which colours they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vidsynth.colour import EXEMPLARS, Colour, terms
from vidsynth.user_files.picture_folder import picture_names
from vidsynth.user_files.pictures import read_rgb

_MEASURED = 48
_SEEN = 0.15
"""Share of a picture that its second colour must cover to be named."""


@dataclass(frozen=True)
class ClothPicture:
    """A picture of cloth.

    name: its file's.
    colour: mean of the pixels with its commonest colour term.
    second: mean of those with the next; None where it covers little.
    """

    name: str
    colour: Colour
    second: Colour | None


@lru_cache(maxsize=4)
def cloth_pictures(directory: Path) -> tuple[ClothPicture, ...]:
    """Every picture in the folder, sorted by name. Raises PictureError where there are none."""
    return tuple(
        measure(directory, name) for name in picture_names(directory, "textures.directory")
    )


def cloth(path: Path, near: int | None = None) -> Image.Image:
    """A picture as cloth is made of it: RGB, on white where it is transparent; see `read_rgb`."""
    return read_rgb(path, over_white=True, near=near)


def measure(directory: Path, name: str) -> ClothPicture:
    """The colours of one picture."""
    small = cloth(directory / name, 2 * _MEASURED).resize(
        (_MEASURED, _MEASURED), Image.Resampling.BOX
    )
    pixels = np.asarray(small, float).reshape(-1, 3) / 255
    named = terms(pixels)
    counts = {word: int((named == word).sum()) for word in EXEMPLARS}
    first, second = sorted(counts, key=lambda word: -counts[word])[:2]

    def mean(word: str) -> Colour:
        r, g, b = pixels[named == word].mean(0)
        return float(r), float(g), float(b)

    common = counts[second] >= _SEEN * len(pixels)
    return ClothPicture(name, mean(first), mean(second) if common else None)
