"""A calibrated camera (OpenCV convention: x right, y down, z forward) and what it does to light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Photometry:
    """How one camera turns scene light into JPEG bytes; constant for the camera.

    ``exposure_ev`` stops; ``white_balance`` linear RGB gains; ``gamma`` exponent applied to the
    display value (above 1 darkens the mid-tones); ``contrast`` slope about middle grey;
    ``saturation`` 0 grey, 1 unchanged; ``vignetting`` share of light lost in the
    frame's corners; ``noise`` standard deviation on the 0-255 scale at mid-grey; ``blur`` Gaussian
    sigma in pixels; ``jpeg_quality`` 1-100.
    """

    exposure_ev: float = 0.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    vignetting: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    jpeg_quality: int = 92


@dataclass(frozen=True)
class Camera:
    """Pinhole camera. World points in metres, z up; ``x_cam = R @ x_world + t``."""

    camera_id: int
    site: str
    width: int
    height: int
    focal_px: float
    position: tuple[float, float, float]
    look_at: tuple[float, float, float]
    photometry: Photometry

    @cached_property
    def K(self) -> np.ndarray:
        """Intrinsics (3, 3), principal point in the image centre."""
        f = self.focal_px
        return np.array([[f, 0, self.width / 2], [0, f, self.height / 2], [0, 0, 1.0]])

    @cached_property
    def R(self) -> np.ndarray:
        """World-to-camera rotation (3, 3)."""
        forward = np.subtract(self.look_at, self.position)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right = right / np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    @cached_property
    def t(self) -> np.ndarray:
        """World-to-camera translation (3,), metres."""
        return -self.R @ np.asarray(self.position)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (N, 2) and depth along the optical axis (N,) of world points (N, 3)."""
        in_camera = np.asarray(points) @ self.R.T + self.t
        depth = in_camera[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        centre = (self.width / 2, self.height / 2)
        return in_camera[:, :2] / safe[:, None] * self.focal_px + centre, depth
