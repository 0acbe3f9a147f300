"""Lays people over the part of a photograph that a fixed camera sees behind them."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, minimum_filter

from vidsynth.cameras.camera import Camera
from vidsynth.places.backdrops.backdrop import Backdrop, load, scene_light

Box = tuple[float, float, float, float]

_FOCAL = 1.0
"""Focal length of the pictures over their width: 53 degrees across, a phone's main camera."""

_LARGEST, _NATURAL = 1.6, 1.3
"""How far a picture is enlarged beyond filling the frame: to bring its horizon where it belongs,
and to show things in the size that the camera's field of view gives them."""

_SHADOW_BLUR = 1.2


def window(size: tuple[int, int], horizon: float, slide: float, camera: Camera) -> Box:
    """The part x0, y0, x1, y1 of a picture (width, height) that fills the camera's frame.

    The picture is moved up or down, and enlarged up to 1.6 times, until its horizon is where the
    camera's is: then feet on the ground are on the picture's ground too. A camera that looks down
    more steeply than the picture reaches gets its lower edge.
    """
    wide, high = size
    cover = max(camera.width / wide, camera.height / high)
    forward = camera.R[2]
    slope = forward[2] / max(np.hypot(*forward[:2]), 1e-3)
    level = camera.principal[1] + camera.focal[1] * slope
    # Enlarged so far, the picture's lower edge reaches the frame's with the horizons together.
    needed = (camera.height - level) / max(high * (1 - horizon), 1.0)
    natural = min(camera.focal_px / (_FOCAL * wide), _NATURAL * cover)
    scale = float(np.clip(max(natural, needed), cover, _LARGEST * cover))
    top = float(np.clip(level - scale * high * horizon, camera.height - scale * high, 0.0))
    left = slide * (camera.width - scale * wide)
    x0, y0 = -left / scale, -top / scale
    return x0, y0, x0 + camera.width / scale, y0 + camera.height / scale


def behind(backdrop: Backdrop, camera: Camera, box: tuple[int, int, int, int]) -> np.ndarray:
    """Scene light (H, W, 3) of the picture in the part ``box`` of the camera's frame."""
    picture = load(backdrop.path)
    x0, y0, x1, y1 = window(picture.size, backdrop.horizon, backdrop.slide, camera)
    across, down = (x1 - x0) / camera.width, (y1 - y0) / camera.height
    part = (
        max(x0 + box[0] * across, 0.0),
        max(y0 + box[1] * down, 0.0),
        min(x0 + box[2] * across, float(picture.width)),
        min(y0 + box[3] * down, float(picture.height)),
    )
    size = (box[2] - box[0], box[3] - box[1])
    return scene_light(np.asarray(picture.resize(size, Image.Resampling.BICUBIC, box=part)))


def over(light: np.ndarray, alpha: np.ndarray, index: np.ndarray, back: np.ndarray) -> np.ndarray:
    """People and shadows over ``back`` (H, W, 3).

    ``light`` (H, W, 3) is premultiplied by ``alpha`` (H, W). Shadows, where nobody is (``index``
    0), are made of few samples: they are smoothed.
    """
    ground = index == 0
    near = gaussian_filter(ground.astype(np.float32), _SHADOW_BLUR)
    soft = gaussian_filter(alpha * ground, _SHADOW_BLUR) / np.maximum(near, 1e-3)
    # At an outline a pixel is partly somebody, whatever its index: its alpha stays.
    inside = minimum_filter(ground, 3)
    alpha = np.where(inside, soft, alpha)
    return light + (1.0 - alpha[..., None]) * back
