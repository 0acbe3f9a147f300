"""Between points in camera coordinates (x right, y down, z forward) and pixels of a frame.

Pixel (0, 0) is the corner of the frame's first pixel, whose middle is at (0.5, 0.5).
"""

from __future__ import annotations

import numpy as np

from vidsynth.geometry.lenses import Lens
from vidsynth.geometry.vectors import unit

Pair = tuple[float, float]


def project(
    points: np.ndarray, focal: Pair | float, principal: Pair, lens: Lens | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 2) and depth (N,), metres, of points (N, 3) in camera coordinates.

    Args:
        points: metres, (N, 3).
        focal: fx and fy, or one number for both; pixels.
        principal: where the optical axis meets the frame; pixels.
        lens: the distortion; None for a pinhole.

    Returns:
        Pixels, and depth along the optical axis, or the distance itself for a fisheye. Pixels of
        points whose depth is not above 0 mean nothing.
    """
    if lens is not None:
        return lens.project(points) * focal + principal, lens.depth(points)
    depth = points[:, 2]
    safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return points[:, :2] / safe[:, None] * focal + principal, depth


def unproject(
    pixels: np.ndarray, focal: Pair | float, principal: Pair, lens: Lens | None = None
) -> np.ndarray:
    """Unit directions (N, 3) in camera coordinates of pixels (N, 2).

    `project` of what is returned is the pixels again, to 1e-9 focal lengths. Where the lens has no
    direction for a pixel, because it ends or folds before, the direction is NaN.
    """
    plane = (np.asarray(pixels, dtype=float) - principal) / focal
    if lens is not None:
        return lens.unproject(plane)
    rays = np.insert(plane, 2, 1.0, axis=1)
    return unit(rays)


def edge(width: int, height: int, step: float = 4.0) -> np.ndarray:
    """Pixels (N, 2) around a frame's edge, the corners among them, at most ``step`` apart."""
    across = np.linspace(0.0, width, int(np.ceil(width / step)) + 1)
    down = np.linspace(0.0, height, int(np.ceil(height / step)) + 1)
    sides = [(across, np.full_like(across, y)) for y in (0.0, float(height))]
    sides += [(np.full_like(down, x), down) for x in (0.0, float(width))]
    return np.concatenate([np.stack(side, 1) for side in sides])


def field_of_view(
    width: int, height: int, focal: Pair, principal: Pair, lens: Lens | None = None
) -> float:
    """Degrees across the frame at its widest: twice the largest angle from the optical axis.

    NaN where part of the frame has no direction at all.
    """
    rays = unproject(edge(width, height), focal, principal, lens)
    # Tangential distortion aside, a lens that has all of the edge has all that is within.
    return float(2 * np.degrees(np.arccos(np.clip(rays[:, 2], -1.0, 1.0)).max()))


def end_of_lens(focal: Pair, lens: Lens) -> float:
    """Pixels from the principal point up to which the lens has a direction, on its nearest side."""
    turn = np.linspace(0.0, 2 * np.pi, 256, endpoint=False)
    if lens.model == "fisheye":
        side, ahead = np.sin(lens.reach), np.cos(lens.reach)
    else:
        side, ahead = lens.reach, 1.0
    rim = np.stack([side * np.cos(turn), side * np.sin(turn), np.full_like(turn, ahead)], 1)
    return float(np.hypot(*(lens.project(rim) * focal).T).min())
