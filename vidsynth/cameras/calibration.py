"""Where a camera stands and looks, as a JSON object says it: checked piece by piece."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from strict_reading import shown
from vidsynth.cameras.camera import Camera, Point, point, upright
from vidsynth.cameras.distortion import distorted
from vidsynth.errors import CameraError

_KEYS = (
    "camera_id", "site", "site_at", "width", "height", "K", "R", "t", "position", "look_at",
    "focal", "distortion", "photometry", "background",
)  # fmt: skip
"""``background`` is written, not read: which camera has a photograph is for backgrounds.share."""
_AHEAD = 10.0
_SAME = 0.02
_STRETCH = 3.0
"""Times that one focal length may be the other: anamorphic lenses have 2."""


class Entry:
    """An object of the list of cameras, whose values are asked for by shape. Whatever is missing or
    of another shape raises CameraError naming the camera."""

    def __init__(self, record: Mapping[str, Any], place: int, path: Path) -> None:
        self.record, self.path = record, path
        self.name = f"number {place}"
        self.camera_id = self.whole("camera_id", place, 1, 99)
        self.name = str(self.camera_id)
        self.known(record, _KEYS, "")

    def wrong(self, text: str) -> CameraError:
        return CameraError(f"Camera {self.name} of {self.path}: {text}.")

    def known(self, given: Mapping[str, Any], keys: tuple[str, ...], section: str) -> None:
        for key in given:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(keys)}"
                raise self.wrong(f"unknown key {section}{key}: {advice}")

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.record.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(
                f"expected {key} to be a whole number {low} to {high}, found {shown(value)}"
            )
        return value

    def array(self, key: str, *shape: int) -> np.ndarray | None:
        value = self.record.get(key)
        if value is None:
            return None
        size = " x ".join(map(str, shape)) or "one"
        try:
            array = np.array(value, dtype=float)
        except (TypeError, ValueError, OverflowError, RecursionError):
            array = np.array(np.nan)
        if array.shape != shape or not np.isfinite(array).all():
            raise self.wrong(f"expected {key} to be {size} finite numbers, found {shown(value)}")
        return array


def calibrated(entry: Entry, blank: Camera) -> Camera:
    """``blank`` with position, direction and lens: as stated, if they agree with each other."""
    K, R, t = entry.array("K", 3, 3), entry.array("R", 3, 3), entry.array("t", 3)
    position, look_at = entry.array("position", 3), entry.array("look_at", 3)
    blank = distorted(entry, _intrinsic(entry, blank, K))
    posed = position is not None and look_at is not None
    if (R is None) != (t is None) or (R is None and not posed):
        raise entry.wrong("expected K, R and t, or position, look_at and focal")
    stated: Camera | None = None
    if position is not None and look_at is not None:
        if np.linalg.norm((look_at - position)[:2]) < 1e-6:
            raise entry.wrong(
                "it looks straight up or down, which position and look_at leave open: give R and t"
            )
        stated = replace(blank, position=point(position), look_at=point(look_at))
    if R is None or t is None:
        assert stated is not None
        return stated
    rotation = _rotation(entry, R)
    eye = -rotation.T @ t
    if stated is not None and np.abs(eye - position).max() < _SAME:
        if np.abs(upright(stated.position, stated.look_at) - rotation).max() < 1e-6:
            return stated
        if np.abs(rotation @ (np.array(look_at) - eye))[:2].max() < _SAME:
            return replace(stated, rotation=_rows(rotation))
    if position is not None and np.abs(eye - position).max() >= _SAME:
        raise entry.wrong(
            f"R and t put it at {_said(eye)}, position at {_said(position)}: correct one of them, "
            "or leave out R and t, or position and look_at"
        )
    if look_at is not None:
        raise entry.wrong(
            f"R does not look at look_at {_said(look_at)}: correct one of them, or leave out R "
            "and t, or look_at"
        )
    down = -rotation[2, 2]
    reach = eye[2] / down if down > 1e-3 and eye[2] > 0 else _AHEAD
    return replace(
        blank,
        position=point(eye),
        look_at=point(eye + min(reach, 5 * _AHEAD) * rotation[2]),
        rotation=_rows(rotation),
    )


def _intrinsic(entry: Entry, blank: Camera, K: np.ndarray | None) -> Camera:
    """``blank`` with focal lengths and, where it is not the frame's middle, principal point."""
    focal = entry.array("focal")
    if K is None:
        if focal is None:
            raise entry.wrong("expected K or focal, in pixels")
        if focal <= 0:
            raise entry.wrong(f"expected a focal length above 0 pixels, found {focal:g}")
        return replace(blank, focal_px=float(focal))
    fx, fy = float(K[0, 0]), float(K[1, 1])
    if fx <= 0 or fy <= 0:
        raise entry.wrong(f"expected focal lengths above 0 in K, found {fx:g}, {fy:g}")
    lower = np.abs([K[0, 1], K[1, 0], K[2, 0], K[2, 1], K[2, 2] - 1.0]).max()
    if lower > 1e-6:
        raise entry.wrong("expected K = [[fx, 0, x], [0, fy, y], [0, 0, 1]]: no skew, no scale")
    if not 1 / _STRETCH <= fy / fx <= _STRETCH:
        raise entry.wrong(
            f"expected fx and fy in K within a factor of {_STRETCH:g}, found {fx:g} and {fy:g}"
        )
    if focal is not None and abs(float(focal) - fx) > 1e-3 * fx:
        raise entry.wrong(f"focal is {focal:g} but K has {fx:g}: leave one of them out")
    x, y = float(K[0, 2]), float(K[1, 2])
    if not (0 <= x <= blank.width and 0 <= y <= blank.height):
        raise entry.wrong(f"expected K's principal point in the frame, found {x:g}, {y:g}")
    middle = (blank.width / 2, blank.height / 2)
    return replace(
        blank,
        focal_px=fx,
        focal_y=None if fx == fy else fy,
        centre=None if (x, y) == middle else (x, y),
    )


def _rotation(entry: Entry, R: np.ndarray) -> np.ndarray:
    """The rotation next to R, which may have been rounded."""
    if np.abs(R @ R.T - np.eye(3)).max() > 1e-3:
        raise entry.wrong(
            "expected R to be a rotation: its rows are not of length 1 at right angles"
        )
    if np.linalg.det(R) < 0:
        raise entry.wrong("expected R to be a rotation, found a mirror: swap the sign of one row")
    if np.abs(R @ R.T - np.eye(3)).max() < 1e-9:
        return R
    left, _, right = np.linalg.svd(R)
    return np.asarray(left @ right)


def _rows(rotation: np.ndarray) -> tuple[Point, Point, Point]:
    first, second, third = (point(row) for row in rotation)
    return first, second, third


def _said(place: np.ndarray) -> str:
    return f"({', '.join(f'{v:.2f}' for v in place)})"
