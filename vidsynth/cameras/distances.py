"""How far away what a camera sees is, from how deep it lies along the optical axis."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.substitute import Box, directions, fill, knots


def metres_per_depth(camera: Camera, box: Box) -> np.ndarray:
    """Metres from the camera (H, W) float32 for a metre of depth, for the pixels of ``box`` (x0,
    y0, x1, y1) of its frame.

    Depth is as of `Camera.project`: 1 on the optical axis and more beside it, by 1 over the cosine
    of the angle; 1 everywhere of a fisheye, whose depth is the distance itself.
    """
    x0, y0, x1, y1 = box
    if camera.lens is None:
        (fx, fy), (x, y) = camera.focal, camera.principal
        across = (np.arange(x0, x1) + 0.5 - x) / fx
        down = (np.arange(y0, y1) + 0.5 - y) / fy
        found = np.sqrt(1.0 + across[None] ** 2 + down[:, None] ** 2)
    else:
        rays = directions(camera, knots(x0, x1), knots(y0, y1))
        depth = camera.lens.depth(rays.reshape(-1, 3)).reshape(rays.shape[:2])
        found = fill(1.0 / depth[..., None], box)[..., 0]
    return found.astype(np.float32)
