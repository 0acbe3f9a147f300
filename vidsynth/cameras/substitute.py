"""Renders of a lens without rendering through one: a pinhole camera that looks at a crop, and how
its picture is resampled into the crop.

A renderer knows pinholes only. The directions of a crop's pixels are few degrees apart, so a
pinhole turned towards them sees them all, also 100 degrees off the axis of a fisheye, in about as
many pixels as the crop has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import map_coordinates, spline_filter1d

from vidsynth.cameras.camera import Camera, point

Box = tuple[int, int, int, int]

_MARGIN = 2
"""Pixels around what is needed: the interpolation looks at its neighbours."""
_HALF_VIEW = np.radians(50.0)
_LEAST_DETAIL = 0.8
_KNOT = 4
"""Pixels from one for which the lens is inverted to the next; in between, a line is near enough."""
_WASTE, _SMALLEST = 2.0, 24
"""Pixels rendered per pixel of a crop, beyond which it is divided; sides never get smaller."""


@dataclass(frozen=True, eq=False)
class Substitute:
    """``camera`` is the pinhole to render, whole frame, in place of a crop (H, W); ``at`` (H, W, 2)
    where in that frame the middle of each pixel of the crop lies, x and y, pixels; ``depth`` (H, W)
    the crop's depth for a metre of depth in that frame."""

    camera: Camera
    at: np.ndarray
    depth: np.ndarray


def halves(box: Box) -> tuple[Box, Box]:
    """The box (x0, y0, x1, y1) in two, across its longer side."""
    x0, y0, x1, y1 = box
    if x1 - x0 >= y1 - y0:
        middle = (x0 + x1) // 2
        return (x0, y0, middle, y1), (middle, y0, x1, y1)
    middle = (y0 + y1) // 2
    return (x0, y0, x1, middle), (x0, middle, x1, y1)


def substitute(camera: Camera, box: Box) -> Substitute | None:
    """The pinhole that sees what the camera's lens shows in ``box`` (x0, y0, x1, y1) of its frame.

    It has about as many pixels to the degree as the crop has in the mean, and nowhere less than
    0.8 of the crop's. None where a single pinhole would be too wide, or see far more than the crop
    needs: then the box is to be divided.
    """
    assert camera.lens is not None
    x0, y0, x1, y1 = box
    x, y = knots(x0, x1), knots(y0, y1)
    rays = directions(camera, x, y)
    row, column = len(y) // 2, len(x) // 2
    axis = rays[row, column]
    if (rays @ axis).min() < np.cos(_HALF_VIEW):
        return None
    across = rays[row, min(column + 1, len(x) - 1)] - rays[row, max(column - 1, 0)]
    right = across - (across @ axis) * axis
    right /= np.linalg.norm(right)
    turn = np.stack([right, np.cross(axis, right), axis])
    seen = rays @ turn.T
    plane = fill(seen[..., :2] / seen[..., 2:], box)
    # How far apart neighbours are, in a row and in a column.
    steps = [np.linalg.norm(np.diff(plane, axis=k), axis=-1) for k in (1, 0)]
    fx, fy = (float(max(1.0 / step.mean(), _LEAST_DETAIL / step.min())) for step in steps)
    pixels = plane * (fx, fy)
    corners = pixels.reshape(-1, 2)
    low = np.floor(corners.min(0)) - _MARGIN
    width, height = (int(side) for side in np.ceil(corners.max(0) - low) + _MARGIN)
    needed = (x1 - x0 + 2 * _MARGIN) * (y1 - y0 + 2 * _MARGIN)
    if width * height > _WASTE * needed and max(x1 - x0, y1 - y0) >= 2 * _SMALLEST:
        return None
    first, second, third = (point(row) for row in turn @ camera.R)
    pinhole = replace(
        camera,
        width=width,
        height=height,
        focal_px=fx,
        focal_y=fy,
        centre=(float(-low[0]), float(-low[1])),
        rotation=(first, second, third),
        lens=None,
    )
    metres = camera.lens.depth(rays.reshape(-1, 3)).reshape(rays.shape[:2]) / seen[..., 2]
    return Substitute(pinhole, pixels - low, fill(metres[..., None], box)[..., 0])


def interpolate(image: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Light (H, W, C) of an image (h, w, C) at ``at`` (H, W, 2), x and y, pixels.

    Cubic B-splines, kept within the four nearest pixels: no rings around lamps, nothing below 0.
    """
    x, y = at[..., 0] - 0.5, at[..., 1] - 0.5
    left = np.clip(np.floor(x).astype(int), 0, image.shape[1] - 2)
    top = np.clip(np.floor(y).astype(int), 0, image.shape[0] - 2)
    near = [image[top + i, left + j] for i in (0, 1) for j in (0, 1)]
    least, most = np.minimum.reduce(near), np.maximum.reduce(near)
    smooth = spline_filter1d(spline_filter1d(image, axis=0, output=np.float64), axis=1)
    found = np.stack(
        [
            map_coordinates(smooth[..., k], (y, x), order=3, prefilter=False, mode="mirror")
            for k in range(image.shape[2])
        ],
        -1,
    )
    return np.clip(found, least, most).astype(image.dtype)


def sources(index: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (H, W) of the pixels of ``index`` (h, w) to take ids and depth from, at
    ``at`` (H, W, 2).

    Of the four nearest pixels the id with the largest weight in a bilinear interpolation wins, and
    of its pixels the nearest: outlines stay where they are, which they do not, by up to half a
    pixel, where the nearest pixel alone decides.
    """
    x, y = at[..., 0] - 0.5, at[..., 1] - 0.5
    left = np.clip(np.floor(x).astype(int), 0, index.shape[1] - 2)
    top = np.clip(np.floor(y).astype(int), 0, index.shape[0] - 2)
    right, low = x - left, y - top
    rows, columns = top + (low >= 0.5), left + (right >= 0.5)
    first = index[top, left]
    mixed = (first != index[top, left + 1]) | (first != index[top + 1, left])
    mixed |= first != index[top + 1, left + 1]
    top, left, low, right = (values[mixed] for values in (top, left, low, right))
    weight = np.stack([(1 - low) * (1 - right), (1 - low) * right, low * (1 - right), low * right])
    near = np.stack([top, top, top + 1, top + 1]), np.stack([left, left + 1] * 2)
    ids = index[near]
    share = np.stack([(weight * (ids == one)).sum(0) for one in ids])
    chosen = (share + 1e-3 * weight).argmax(0)[None]
    rows[mixed], columns[mixed] = (np.take_along_axis(side, chosen, 0)[0] for side in near)
    return rows, columns


def directions(camera: Camera, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Unit directions (H, W, 3), in camera coordinates, of the pixels of columns and rows."""
    pixels = np.stack([axis.ravel() for axis in np.meshgrid(x, y)], 1)
    return camera.look(pixels).reshape(len(y), len(x), 3)


def knots(first: int, last: int) -> np.ndarray:
    """Middles of pixels from ``first`` up to ``last``, exclusive, at most `_KNOT` apart."""
    return np.linspace(first + 0.5, last - 0.5, max(2, -(-(last - first - 1) // _KNOT) + 1))


def fill(values: np.ndarray, box: Box) -> np.ndarray:
    """Values (H, W, C) at every pixel's middle, linear between those (h, w, C) at the knots."""
    for axis, (first, last) in enumerate(((box[1], box[3]), (box[0], box[2]))):
        known = knots(first, last)
        at = (np.arange(first, last) + 0.5 - known[0]) / max(known[1] - known[0], 1e-9)
        before = np.minimum(at.astype(int), len(known) - 2)
        share = np.expand_dims(at - before, (1, 2) if axis == 0 else (0, 2))
        low, high = (np.take(values, before + step, axis) for step in (0, 1))
        values = low + share * (high - low)
    return values
