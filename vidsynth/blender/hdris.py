"""Panoramas as Blender reads them: HDRIs that it cannot read become black or white without an
error.

``python -m vidsynth.blender.hdris FILE...`` prints a JSON object of those that light no scene, and
why.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np
import OpenEXR

from vidsynth.blender.pictures import painted
from vidsynth.errors import PictureError, RenderError
from vidsynth.places.sky.panoramas import DIMMEST, PICTURES, picture_light, radiance, wrong_shape

_COLOURS = ({"R", "G", "B"}, {"Y"})
"""Channels that an EXR must have, one of these sets."""


def load_hdri(path: Path) -> tuple[bpy.types.Image, np.ndarray]:
    """The picture in Blender, and its light (H, W, 3), rows from below.

    Raises RenderError: unreadable, no colours, not 2:1, pixels that are no numbers, no light.
    """
    if path.suffix.lower() in PICTURES:
        try:
            lit = picture_light(path)
        except PictureError as error:
            raise RenderError(f"The panorama {path} lights no scene: {error}.") from None
        return painted(f"panorama {path}", lit), lit
    if path.suffix.lower() == ".exr":
        _check_channels(path)
    try:
        image = bpy.data.images.load(str(path))
        width, height = image.size
        pixels = np.empty(4 * width * height, np.float32)
        if pixels.size:
            image.pixels.foreach_get(pixels)
    except RuntimeError as error:
        raise RenderError(f"Blender cannot read the HDRI {path}: {error}") from None
    light = pixels.reshape(height, width, 4)[..., :3]
    wrong = "cut short or damaged" if not light.size else wrong_shape(width, height)
    if not wrong and not np.isfinite(light).all():
        wrong = "some pixels are no numbers"
    if not wrong and radiance(light) <= DIMMEST:
        wrong = "it holds no light: its upper half is black or negative"
    if wrong:
        bpy.data.images.remove(image)
        raise RenderError(f"The HDRI {path} lights no scene, {width}x{height} pixels: {wrong}.")
    return image, light


def _check_channels(path: Path) -> None:
    try:
        with OpenEXR.File(str(path), separate_channels=True, header_only=True) as file:
            found = {channel.name for channel in file.header()["channels"]}
    except Exception as error:  # the library raises what it likes on damaged files
        raise RenderError(f"Cannot read the HDRI {path}: {error}") from None
    if not any(colours <= found for colours in _COLOURS):
        raise RenderError(
            f"The HDRI {path} lights no scene: expected the channels R, G and B, found "
            f"{', '.join(sorted(found))}."
        )


def main(paths: list[str]) -> None:
    """Prints which of the files cannot be used and why, in the last line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Blender's own words
    broken = {}
    for path in paths:
        try:
            image, _ = load_hdri(Path(path))
            bpy.data.images.remove(image)
        except RenderError as error:
            broken[path] = str(error).rpartition(": ")[2].rstrip(".")
    answers.write(json.dumps(broken) + "\n")
    answers.close()


if __name__ == "__main__":
    main(sys.argv[1:])
