"""Lens distortion: OpenCV's Brown-Conrady and fisheye models, and their inverses.

A lens maps directions in camera coordinates (x right, y down, z forward) to points of the plane at
focal length 1; focal lengths and principal point then make pixels of it. Equations are those of
OpenCV 4, calib3d: `projectPoints` with five coefficients, and `fisheye::projectPoints`.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from vidsynth.geometry.vectors import unit

_STEEPEST = 0.02
"""A lens is used up to where it shrinks an area to this share of what is in the middle."""
_FARTHEST = 1e9
_TABLE = 2048
_NEWTON = 30
_EXACT = 1e-12


@dataclass(frozen=True)
class BrownConrady:
    """Radial ``k1``, ``k2``, ``k3`` and tangential ``p1``, ``p2`` distortion of x / z and y / z:

        x' = x (1 + k1 r^2 + k2 r^4 + k3 r^6) + 2 p1 x y + p2 (r^2 + 2 x^2)
        y' = y (1 + k1 r^2 + k2 r^4 + k3 r^6) + p1 (r^2 + 2 y^2) + 2 p2 x y

    Barrel distortion has k1 below 0, pincushion above.
    """

    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0

    model: ClassVar[str] = "brown-conrady"
    widest: ClassVar[float] = 160.0
    """Degrees, the largest field of view."""

    @cached_property
    def reach(self) -> float:
        """Radius of x / z and y / z up to which the lens is one to one and not too steep."""
        radius = np.linspace(0.0, np.tan(np.radians(self.widest / 2)), 4 * _TABLE)
        # Radial distortion folds a circle at once; with a tangential part it depends on the side.
        turn = np.linspace(0.0, 2 * np.pi, 64 if self.p1 or self.p2 else 1, endpoint=False)
        x, y = (np.multiply.outer(f(turn), radius).ravel() for f in (np.cos, np.sin))
        (xx, xy), (yx, yy) = self._slopes(x, y)
        area = (xx * yy - xy * yx).reshape(len(turn), -1).min(0)
        steep = np.flatnonzero(area < _STEEPEST)
        return float(radius[-1] if not steep.size else radius[max(steep[0] - 1, 0)])

    @property
    def folds(self) -> bool:
        """Whether the lens ends because the picture folds, rather than at the widest view."""
        return self.reach < np.tan(np.radians(self.widest / 2))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 2) of the plane for points (N, 3) in camera coordinates.

        Beyond ``reach``, where the model would fold points back into the picture, they go on
        outward in proportion to their radius.
        """
        depth = points[:, 2]
        flat = points[:, :2] / np.where(np.abs(depth) < 1e-6, 1e-6, depth)[:, None]
        beyond = np.maximum(np.hypot(*flat.T) / self.reach, 1.0)[:, None]
        return self._distort(flat / beyond) * beyond

    def unproject(self, plane: np.ndarray) -> np.ndarray:
        """Unit directions (N, 3) of points (N, 2) of the plane; NaN where the lens has none.

        Newton's method from the solution without tangential distortion; to 1e-12 in the plane.
        """
        plane = _within(plane)
        radii = np.linspace(0.0, self.reach, _TABLE)
        radius = np.hypot(*plane.T)
        images = np.maximum.accumulate(radii * self._radial(radii**2))
        start = np.interp(radius, images, radii) / np.maximum(radius, 1e-300)
        flat = plane * np.where(radius > 0, start, 1.0)[:, None]
        for _ in range(_NEWTON):
            missing = plane - self._distort(flat)
            if np.abs(missing).max(initial=0.0) < _EXACT:
                break
            (xx, xy), (yx, yy) = self._slopes(*flat.T)
            area = xx * yy - xy * yx
            area = np.where(np.abs(area) < 1e-6, 1e-6, area)
            u, v = missing.T
            flat = flat + np.stack([yy * u - xy * v, xx * v - yx * u], 1) / area[:, None]
            # A step out of the lens would end on the wrong side of the fold.
            flat /= np.maximum(np.hypot(*flat.T) / (1.001 * self.reach), 1.0)[:, None]
        found = np.abs(plane - self._distort(flat)).max(1) <= 1e-9
        flat[~(found & (np.hypot(*flat.T) <= self.reach))] = np.nan
        rays = np.insert(flat, 2, 1.0, axis=1)
        return unit(rays)

    def depth(self, points: np.ndarray) -> np.ndarray:
        """Metres along the optical axis (N,) of points (N, 3)."""
        return np.asarray(points[:, 2])

    def _radial(self, square: np.ndarray) -> np.ndarray:
        return 1.0 + square * (self.k1 + square * (self.k2 + square * self.k3))

    def _distort(self, flat: np.ndarray) -> np.ndarray:
        x, y = flat.T
        square = x * x + y * y
        radial, both = self._radial(square), x * y
        return np.stack(
            [
                x * radial + 2 * self.p1 * both + self.p2 * (square + 2 * x * x),
                y * radial + self.p1 * (square + 2 * y * y) + 2 * self.p2 * both,
            ],
            1,
        )

    def _slopes(self, x: np.ndarray, y: np.ndarray) -> tuple[tuple[np.ndarray, ...], ...]:
        """The Jacobian's rows at (x, y), entry by entry."""
        square = x * x + y * y
        radial = self._radial(square)
        change = 2 * (self.k1 + square * (2 * self.k2 + square * 3 * self.k3))
        across = x * y * change + 2 * self.p1 * x + 2 * self.p2 * y
        xx = radial + x * x * change + 2 * self.p1 * y + 6 * self.p2 * x
        yy = radial + y * y * change + 6 * self.p1 * y + 2 * self.p2 * x
        return (xx, across), (across, yy)


@dataclass(frozen=True)
class Fisheye:
    """Equidistant projection: a direction at the angle a from the axis, radians, goes to the radius
    a (1 + k1 a^2 + k2 a^4 + k3 a^6 + k4 a^8)."""

    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0

    model: ClassVar[str] = "fisheye"
    widest: ClassVar[float] = 220.0
    """Degrees, the largest field of view."""

    @cached_property
    def reach(self) -> float:
        """Angle from the axis, radians, up to which the lens is one to one and not too steep."""
        angle = np.linspace(0.0, np.radians(self.widest / 2), 4 * _TABLE)
        steep = np.flatnonzero(self._slope(angle) < _STEEPEST)
        return float(angle[-1] if not steep.size else angle[max(steep[0] - 1, 0)])

    @property
    def folds(self) -> bool:
        """Whether the lens ends because the picture folds, rather than at the widest view."""
        return self.reach < np.radians(self.widest / 2)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 2) of the plane for points (N, 3) in camera coordinates, also behind it.

        Beyond ``reach`` they go on outward in proportion to their angle.
        """
        x, y, z = np.asarray(points, dtype=float).T
        aside = np.hypot(x, y)
        angle = np.arctan2(aside, z)
        beyond = np.maximum(angle / self.reach, 1.0)
        radius = self._radius(angle / beyond) * beyond
        middle = aside < 1e-12
        scale = np.where(middle, 1.0, radius) / np.where(middle, np.maximum(z, 1e-6), aside)
        return np.stack([x * scale, y * scale], 1)

    def unproject(self, plane: np.ndarray) -> np.ndarray:
        """Unit directions (N, 3) of points (N, 2) of the plane; NaN where the lens has none."""
        plane = _within(plane)
        radius = np.hypot(*plane.T)
        angles = np.linspace(0.0, self.reach, _TABLE)
        angle = np.interp(radius, self._radius(angles), angles)
        for _ in range(_NEWTON):
            missing = radius - self._radius(angle)
            if np.abs(missing).max(initial=0.0) < _EXACT:
                break
            step = missing / np.maximum(self._slope(angle), _STEEPEST / 2)
            angle = np.clip(angle + step, 0.0, 1.001 * self.reach)
        lost = (np.abs(radius - self._radius(angle)) > 1e-9) | (angle > self.reach)
        angle[lost] = np.nan
        scale = np.sin(angle) / np.where(radius > 0, radius, 1.0)
        return np.stack([*(plane * scale[:, None]).T, np.cos(angle)], 1)

    def depth(self, points: np.ndarray) -> np.ndarray:
        """Metres from the camera (N,) of points (N, 3): the axis says nothing at 90 degrees."""
        return np.asarray(np.linalg.norm(points, axis=1))

    def _radius(self, angle: np.ndarray) -> np.ndarray:
        a = angle**2
        return angle * (1.0 + a * (self.k1 + a * (self.k2 + a * (self.k3 + a * self.k4))))

    def _slope(self, angle: np.ndarray) -> np.ndarray:
        a = angle**2
        return np.asarray(
            1.0 + a * (3 * self.k1 + a * (5 * self.k2 + a * (7 * self.k3 + a * 9 * self.k4)))
        )


def _within(plane: np.ndarray) -> np.ndarray:
    """Points (N, 2) of the plane, NaN where no lens reaches and squares would overflow."""
    plane = np.array(plane, dtype=float)
    plane[~(np.abs(plane).max(1) < _FARTHEST)] = np.nan
    return plane


Lens = BrownConrady | Fisheye

LENSES: dict[str, type[BrownConrady] | type[Fisheye]] = {
    BrownConrady.model: BrownConrady,
    Fisheye.model: Fisheye,
}


def coefficients(lens: Lens) -> list[float]:
    """The coefficients in OpenCV's order: k1, k2, p1, p2, k3, or k1 to k4 of a fisheye."""
    return list(astuple(lens))
