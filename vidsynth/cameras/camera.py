"""A calibrated camera (OpenCV convention: x right, y down, z forward) and what it does to light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Photometry:
    """How one camera turns scene light into a picture; constant for the camera.

    ``exposure_ev`` stops; ``white_balance`` linear RGB gains; ``gamma`` exponent applied to the
    display value (above 1 darkens the mid-tones); ``contrast`` slope about middle grey;
    ``saturation`` 0 grey, 1 unchanged; ``vignetting`` share of light lost in the
    frame's corners; ``noise`` standard deviation on the 0-255 scale at mid-grey; ``blur`` Gaussian
    sigma in pixels; ``jpeg_quality`` 1-100.

    ``temperature`` kelvin of the light it takes for white, on top of the gains; ``read_noise``
    share of the noise's variance that does not depend on light; ``shutter`` seconds; ``defocus``
    radius in pixels of the disc a point becomes; ``resolution`` sensor pixels per frame pixel
    along each side; ``codec`` jpeg or h264, whose quality is ``crf``.
    """

    exposure_ev: float = 0.0
    white_balance: Point = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    vignetting: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    jpeg_quality: int = 92
    temperature: float = 6500.0
    read_noise: float = 0.33
    shutter: float = 0.0
    defocus: float = 0.0
    resolution: float = 1.0
    codec: str = "jpeg"
    crf: int = 0


@dataclass(frozen=True)
class Camera:
    """Pinhole camera with square pixels. World points in metres, z up; ``x_cam = R @ x_world + t``.

    It looks at a point, upright, through the middle of its frame; unless ``rotation``, world to
    camera by rows, or ``centre``, the principal point in pixels, say otherwise. ``site_at`` is
    where the site's origin lies on the map of all sites, metres.
    """

    camera_id: int
    site: str
    width: int
    height: int
    focal_px: float
    position: Point
    look_at: Point
    photometry: Photometry
    rotation: tuple[Point, Point, Point] | None = None
    centre: tuple[float, float] | None = None
    site_at: tuple[float, float] = (0.0, 0.0)

    @property
    def principal(self) -> tuple[float, float]:
        """The principal point, pixels."""
        return self.centre or (self.width / 2, self.height / 2)

    @cached_property
    def K(self) -> np.ndarray:
        """Intrinsics (3, 3)."""
        f, (x, y) = self.focal_px, self.principal
        return np.array([[f, 0, x], [0, f, y], [0, 0, 1.0]])

    @cached_property
    def R(self) -> np.ndarray:
        """World-to-camera rotation (3, 3)."""
        if self.rotation is not None:
            return np.array(self.rotation)
        return upright(self.position, self.look_at)

    @cached_property
    def t(self) -> np.ndarray:
        """World-to-camera translation (3,), metres."""
        return -self.R @ np.asarray(self.position)

    @property
    def depression(self) -> float:
        """Degrees of the optical axis below the horizon."""
        return float(np.degrees(np.arcsin(np.clip(-self.R[2, 2], -1.0, 1.0))))

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (N, 2) and depth along the optical axis (N,) of world points (N, 3)."""
        in_camera = np.asarray(points) @ self.R.T + self.t
        depth = in_camera[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        return in_camera[:, :2] / safe[:, None] * self.focal_px + self.principal, depth


def upright(position: Point, look_at: Point) -> np.ndarray:
    """Rotation (3, 3) of a camera whose horizon is level; NaN where it looks straight down."""
    forward = np.subtract(look_at, position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    with np.errstate(invalid="ignore"):
        right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward])
