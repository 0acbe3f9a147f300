"""HDRIs as Blender reads them: what it cannot read it makes black, without a word.

``python -m vidsynth.blender.hdris FILE...`` prints a JSON list of those that it cannot read.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np

from vidsynth.errors import RenderError


def load_hdri(path: Path) -> tuple[bpy.types.Image, np.ndarray]:
    """The picture in Blender, and its light (H, W, 3), rows from below. Raises RenderError."""
    try:
        image = bpy.data.images.load(str(path))
        width, height = image.size
        pixels = np.empty(4 * width * height, np.float32)
        if pixels.size:
            image.pixels.foreach_get(pixels)
    except RuntimeError as error:
        raise RenderError(f"Blender cannot read the HDRI {path}: {error}") from None
    light = pixels.reshape(height, width, 4)[..., :3]
    if not light.size or not np.isfinite(light).all():
        raise RenderError(
            f"Blender cannot read the HDRI {path}: {width}x{height} pixels, "
            f"{'some of them no numbers' if light.size else 'so it is cut short or damaged'}."
        )
    return image, light


def main(paths: list[str]) -> None:
    """Prints which of the files cannot be read, in the last line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Blender's own words
    broken = []
    for path in paths:
        try:
            image, _ = load_hdri(Path(path))
            bpy.data.images.remove(image)
        except RenderError:
            broken.append(path)
    answers.write(json.dumps(broken) + "\n")
    answers.close()


if __name__ == "__main__":
    main(sys.argv[1:])
