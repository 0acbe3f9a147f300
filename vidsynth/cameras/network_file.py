"""Cameras as JSON: what the generator writes as cameras.json, and what people give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, parse_json, read_text, shown
from vidsynth.cameras.calibration import Entry, calibrated
from vidsynth.cameras.camera import Camera, Photometry, point
from vidsynth.cameras.looks import STORED_QUALITY
from vidsynth.config import CameraConfig
from vidsynth.errors import CameraError
from vidsynth.geometry.lenses import coefficients
from vidsynth.places.backdrops.backdrop import Backdrop

MOST = 40
"""Cameras of one network."""


def camera_record(camera: Camera, backdrop: Backdrop | None = None) -> dict[str, Any]:
    """A camera as cameras.json states it; ``background`` is the photograph it has, if any.
    ``distortion`` is there where the lens has one."""
    lens = camera.lens
    distortion = lens and {"model": lens.model, "coefficients": coefficients(lens)}
    return {
        "camera_id": camera.camera_id,
        "site": camera.site,
        "site_at": list(camera.site_at),
        "width": camera.width,
        "height": camera.height,
        "K": camera.K.tolist(),
        **({"distortion": distortion} if distortion else {}),
        "R": camera.R.tolist(),
        "t": camera.t.tolist(),
        "position": list(camera.position),
        "look_at": list(camera.look_at),
        "photometry": asdict(camera.photometry),
        "background": None if backdrop is None else backdrop.path.name,
    }


def read_network(
    path: Path, config: CameraConfig, draw: Callable[[int], Photometry]
) -> tuple[Camera, ...]:
    """The cameras of a JSON file, in order of id; ``draw(camera_id)`` gives the look a camera has
    where its ``photometry`` leaves something out.

    A list of objects, each with ``camera_id`` (by default its place in the list), ``site``, and
    either ``K``, ``R``, ``t`` or ``position``, ``look_at`` and ``focal`` (pixels); ``distortion``
    if the lens has any; ``width`` and ``height`` as in the config where missing. Raises CameraError
    naming the camera.
    """
    try:
        records = parse_json(read_text(path))
    except Unreadable as error:
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
        camera = _camera(Entry(record, place, path), config, draw)
        if camera.camera_id in cameras:
            raise CameraError(
                f"Camera {camera.camera_id} of {path} is there twice: give each a camera_id of "
                "its own."
            )
        cameras[camera.camera_id] = camera
    return tuple(cameras[camera_id] for camera_id in sorted(cameras))


def _camera(entry: Entry, config: CameraConfig, draw: Callable[[int], Photometry]) -> Camera:
    site = entry.record.get("site")
    if not isinstance(site, str):
        raise entry.wrong(f"expected site to be the name of one, found {shown(site)}")
    camera = calibrated(
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


def _photometry(entry: Entry, draw: Callable[[int], Photometry]) -> Photometry:
    given = entry.record.get("photometry", {})
    if not isinstance(given, dict):
        raise entry.wrong(f"expected photometry to be an object, found {shown(given)}")
    entry.known(given, tuple(field.name for field in fields(Photometry)), "photometry.")
    look = draw(entry.camera_id)
    if "codec" in given and given["codec"] != look.codec and "crf" not in given:
        given = {**given, "crf": 28 if given["codec"] == "h264" else 0}
    for key, value in given.items():
        look = replace(look, **{key: _setting(entry, key, value)})
    return replace(look, jpeg_quality=STORED_QUALITY) if look.codec == "h264" else look


def _setting(entry: Entry, key: str, value: Any) -> Any:
    """A value of photometry, if it is in the range such a setting can have."""
    if key == "codec":
        if value not in ("jpeg", "h264"):
            raise entry.wrong(f"expected photometry.codec to be jpeg or h264, found {shown(value)}")
        return value
    if key == "white_balance":
        gains = value if isinstance(value, list) else []
        if len(gains) != 3 or not all(_between(gain, 0.05, 20.0) for gain in gains):
            raise entry.wrong(
                f"expected photometry.white_balance to be 3 gains, found {shown(value)}"
            )
        return point(gains)
    low, high = _LIMITS[key]
    if not _between(value, low, high):
        raise entry.wrong(
            f"expected photometry.{key} to be {low:g} to {high:g}, found {shown(value)}"
        )
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
