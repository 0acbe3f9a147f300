"""Cameras as JSON: what the generator writes as cameras.json, and what people give it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry, Point, upright
from vidsynth.cameras.looks import STORED_QUALITY
from vidsynth.config import CameraConfig
from vidsynth.errors import CameraError

MOST = 40
"""Cameras of one network."""

_KEYS = (
    "camera_id", "site", "site_at", "width", "height", "K", "R", "t", "position", "look_at",
    "focal", "photometry",
)  # fmt: skip
_AHEAD = 10.0
_SAME = 0.02


def camera_record(camera: Camera) -> dict[str, Any]:
    """A camera as cameras.json states it."""
    return {
        "camera_id": camera.camera_id,
        "site": camera.site,
        "site_at": list(camera.site_at),
        "width": camera.width,
        "height": camera.height,
        "K": camera.K.tolist(),
        "R": camera.R.tolist(),
        "t": camera.t.tolist(),
        "position": list(camera.position),
        "look_at": list(camera.look_at),
        "photometry": asdict(camera.photometry),
    }


def read_network(
    path: Path, config: CameraConfig, draw: Callable[[int], Photometry]
) -> tuple[Camera, ...]:
    """The cameras of a JSON file, in order of id; ``draw(camera_id)`` gives the look a camera has
    where its ``photometry`` leaves something out.

    A list of objects, each with ``camera_id`` (by default its place in the list), ``site``, and
    either ``K``, ``R``, ``t`` or ``position``, ``look_at`` and ``focal`` (pixels); ``width`` and
    ``height`` as in the config where missing. Raises CameraError naming the camera.
    """
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CameraError(
            f"camera.network: expected a JSON file at {path}, found: {error.strerror}."
        ) from None
    except ValueError as error:
        raise CameraError(f"camera.network: expected JSON in {path}, found: {error}.") from None
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise CameraError(
            f"camera.network: expected a list of cameras, [{{...}}, {{...}}], in {path}."
        )
    if not 2 <= len(records) <= MOST:
        raise CameraError(
            f"camera.network: expected 2 to {MOST} cameras in {path}, found {len(records)}."
        )
    cameras: dict[int, Camera] = {}
    for place, record in enumerate(records, 1):
        camera = _camera(_Entry(record, place, path), config, draw)
        if camera.camera_id in cameras:
            raise CameraError(
                f"Camera {camera.camera_id} of {path} is there twice: give each a camera_id of "
                "its own."
            )
        cameras[camera.camera_id] = camera
    return tuple(cameras[camera_id] for camera_id in sorted(cameras))


class _Entry:
    """One object of the list, whose values are asked for by shape."""

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
            raise self.wrong(f"expected {key} to be a whole number {low} to {high}, found {value}")
        return value

    def array(self, key: str, *shape: int) -> np.ndarray | None:
        value = self.record.get(key)
        if value is None:
            return None
        size = " x ".join(map(str, shape)) or "one"
        try:
            array = np.array(value, dtype=float)
        except (TypeError, ValueError):
            array = np.array(np.nan)
        if array.shape != shape or not np.isfinite(array).all():
            raise self.wrong(f"expected {key} to be {size} finite numbers, found {value}")
        return array


def _camera(entry: _Entry, config: CameraConfig, draw: Callable[[int], Photometry]) -> Camera:
    site = entry.record.get("site")
    if not isinstance(site, str):
        raise entry.wrong(f"expected site to be the name of one, found {site}")
    camera = _calibrated(
        entry,
        Camera(
            camera_id=entry.camera_id,
            site=site,
            width=entry.whole("width", config.width, 320, 3840),
            height=entry.whole("height", config.height, 240, 2160),
            focal_px=1.0,
            position=(0.0, 0.0, 0.0),
            look_at=(0.0, 0.0, 0.0),
            photometry=_photometry(entry, draw),
        ),
    )
    at = entry.array("site_at", 2)
    return camera if at is None else replace(camera, site_at=(float(at[0]), float(at[1])))


def _calibrated(entry: _Entry, blank: Camera) -> Camera:
    """``blank`` with position, direction and lens: as stated, if they agree with each other."""
    K, R, t = entry.array("K", 3, 3), entry.array("R", 3, 3), entry.array("t", 3)
    position, look_at = entry.array("position", 3), entry.array("look_at", 3)
    focal, centre = _lens(entry, blank, K)
    posed = position is not None and look_at is not None
    if (R is None) != (t is None) or (R is None and not posed):
        raise entry.wrong("expected K, R and t, or position, look_at and focal")
    stated: Camera | None = None
    if position is not None and look_at is not None:
        if np.linalg.norm((look_at - position)[:2]) < 1e-6:
            raise entry.wrong(
                "it looks straight up or down, which position and look_at leave open: give R and t"
            )
        stated = replace(
            blank, focal_px=focal, position=_point(position), look_at=_point(look_at), centre=centre
        )
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
        focal_px=focal,
        position=_point(eye),
        look_at=_point(eye + min(reach, 5 * _AHEAD) * rotation[2]),
        rotation=_rows(rotation),
        centre=centre,
    )


def _lens(
    entry: _Entry, blank: Camera, K: np.ndarray | None
) -> tuple[float, tuple[float, float] | None]:
    """Focal length and, where it is not the frame's middle, principal point; pixels."""
    focal = entry.array("focal")
    if K is None:
        if focal is None:
            raise entry.wrong("expected K or focal, in pixels")
        if focal <= 0:
            raise entry.wrong(f"expected a focal length above 0 pixels, found {focal:g}")
        return float(focal), None
    if K[0, 0] <= 0 or K[1, 1] <= 0:
        raise entry.wrong(f"expected focal lengths above 0 in K, found {K[0, 0]:g}, {K[1, 1]:g}")
    lower = np.abs([K[0, 1], K[1, 0], K[2, 0], K[2, 1], K[2, 2] - 1.0]).max()
    if lower > 1e-6:
        raise entry.wrong("expected K = [[f, 0, x], [0, f, y], [0, 0, 1]]: no skew, no scale")
    if abs(K[0, 0] - K[1, 1]) > 1e-3 * K[0, 0]:
        raise entry.wrong(f"expected square pixels, found fx {K[0, 0]:g} and fy {K[1, 1]:g} in K")
    if focal is not None and abs(float(focal) - K[0, 0]) > 1e-3 * K[0, 0]:
        raise entry.wrong(f"focal is {focal:g} but K has {K[0, 0]:g}: leave one of them out")
    x, y = float(K[0, 2]), float(K[1, 2])
    if not (0 <= x <= blank.width and 0 <= y <= blank.height):
        raise entry.wrong(f"expected K's principal point in the frame, found {x:g}, {y:g}")
    middle = (blank.width / 2, blank.height / 2)
    return float(K[0, 0]), None if (x, y) == middle else (x, y)


def _rotation(entry: _Entry, R: np.ndarray) -> np.ndarray:
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


def _photometry(entry: _Entry, draw: Callable[[int], Photometry]) -> Photometry:
    given = entry.record.get("photometry", {})
    if not isinstance(given, dict):
        raise entry.wrong(f"expected photometry to be an object, found {given}")
    entry.known(given, tuple(field.name for field in fields(Photometry)), "photometry.")
    look = draw(entry.camera_id)
    if "codec" in given and given["codec"] != look.codec and "crf" not in given:
        given = {**given, "crf": 28 if given["codec"] == "h264" else 0}
    for key, value in given.items():
        look = replace(look, **{key: _setting(entry, key, value)})
    return replace(look, jpeg_quality=STORED_QUALITY) if look.codec == "h264" else look


def _setting(entry: _Entry, key: str, value: Any) -> Any:
    """A value of photometry, if it is in the range such a setting can have."""
    if key == "codec":
        if value not in ("jpeg", "h264"):
            raise entry.wrong(f"expected photometry.codec to be jpeg or h264, found {value}")
        return value
    if key == "white_balance":
        gains = value if isinstance(value, list) else []
        if len(gains) != 3 or not all(_between(gain, 0.05, 20.0) for gain in gains):
            raise entry.wrong(f"expected photometry.white_balance to be 3 gains, found {value}")
        return _point(gains)
    low, high = _LIMITS[key]
    if not _between(value, low, high):
        raise entry.wrong(f"expected photometry.{key} to be {low:g} to {high:g}, found {value}")
    return int(value) if key in ("jpeg_quality", "crf") else float(value)


_LIMITS = {
    "exposure_ev": (-4, 4), "gamma": (0.3, 3), "contrast": (0.3, 3), "saturation": (0, 2),
    "vignetting": (0, 0.9), "noise": (0, 40), "blur": (0, 6), "jpeg_quality": (5, 100),
    "temperature": (2500, 12000), "read_noise": (0, 1), "shutter": (0, 0.2), "defocus": (0, 8),
    "resolution": (0.1, 1), "crf": (0, 51),
}  # fmt: skip
"""As the settings of camera.* are bounded."""


def _between(value: Any, low: float, high: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return bool(number and low <= value <= high)


def _point(values: Any) -> Point:
    x, y, z = (float(v) for v in values)
    return x, y, z


def _rows(rotation: np.ndarray) -> tuple[Point, Point, Point]:
    first, second, third = (_point(row) for row in rotation)
    return first, second, third


def _said(point: np.ndarray) -> str:
    return f"({', '.join(f'{v:.2f}' for v in point)})"
