"""A calibrated camera (OpenCV convention: x right, y down, z forward) and what it does to light."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vidsynth.geometry.lenses import Lens
from vidsynth.geometry.projection import field_of_view, project, unproject

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Photometry:
    """How one camera turns scene light into a picture; constant for the camera.

    ``exposure_ev`` stops; ``white_balance`` linear RGB gains; ``gamma`` exponent applied to the
    display value (above 1 darkens the mid-tones); ``contrast`` slope about middle grey
    (see `colour.add_contrast`);
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
    """Calibrated camera. World points in metres, z up; ``x_cam = R @ x_world + t``.

    It looks at a point, upright, through the middle of its frame; unless ``rotation``, world to
    camera by rows, or ``centre``, the principal point in pixels, say otherwise. ``focal_px`` is fx,
    and fy too where ``focal_y`` is None; ``lens`` the distortion, None for a pinhole. ``site_at``
    is where the site's origin lies on the map of all sites, metres.
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
    focal_y: float | None = None
    lens: Lens | None = None

    @property
    def focal(self) -> tuple[float, float]:
        """Focal lengths fx and fy, pixels."""
        return self.focal_px, self.focal_px if self.focal_y is None else self.focal_y

    @property
    def principal(self) -> tuple[float, float]:
        """The principal point, pixels."""
        return self.centre or (self.width / 2, self.height / 2)

    @cached_property
    def K(self) -> np.ndarray:
        """Intrinsics (3, 3)."""
        (fx, fy), (x, y) = self.focal, self.principal
        return np.array([[fx, 0, x], [0, fy, y], [0, 0, 1.0]])

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

    def resized(self, width: int, height: int) -> Camera:
        """The same view in a frame of other size."""
        (fx, fy), (x, y) = self.focal, self.principal
        across, down = width / self.width, height / self.height
        return replace(
            self,
            width=width,
            height=height,
            focal_px=fx * across,
            focal_y=fy * down,
            centre=(x * across, y * down),
        )

    @property
    def field_of_view(self) -> float:
        """Degrees across the frame at its widest, about the optical axis."""
        return field_of_view(self.width, self.height, self.focal, self.principal, self.lens)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (N, 2) of world points (N, 3) and their depth (N,), metres: along the optical
        axis, or of a fisheye from the camera."""
        in_camera = np.asarray(points) @ self.R.T + self.t
        return project(in_camera, self.focal, self.principal, self.lens)

    def look(self, pixels: np.ndarray) -> np.ndarray:
        """Unit directions (N, 3), in camera coordinates, of pixels (N, 2)."""
        return unproject(pixels, self.focal, self.principal, self.lens)

    def unproject(self, pixels: np.ndarray) -> np.ndarray:
        """Unit directions (N, 3), in the world, of pixels (N, 2)."""
        return self.look(pixels) @ self.R


def point(values: Iterable[float]) -> Point:
    """Three numbers as plain floats."""
    x, y, z = (float(value) for value in values)
    return x, y, z


def upright(position: Point, look_at: Point) -> np.ndarray:
    """Rotation (3, 3) of a camera whose horizon is level; NaN where it looks straight down."""
    forward = np.subtract(look_at, position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    with np.errstate(invalid="ignore"):
        right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward])
