"""Pictures that are made here, handed to Blender."""

from __future__ import annotations

import bpy
import numpy as np


def painted(name: str, pixels: np.ndarray) -> bpy.types.Image:
    """A picture of linear values (H, W) or (H, W, 3), the lowest row first; one of that name that
    the scene has already is not made again."""
    known = bpy.data.images.get(name)
    if known is not None:
        return known
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height, float_buffer=True, is_data=True)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels if pixels.ndim == 3 else pixels[..., None]
    image.pixels.foreach_set(rgba.ravel())
    image.update()
    return image
