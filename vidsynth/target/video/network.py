"""A network of cameras that see people as a target's cameras do.

Each of the target's cameras becomes one of `camera.network`: from its depression and the pixels
that a person is high follow where it hangs, what it looks at and its focal length; what its
pictures say of it becomes its photometry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.network_file import MOST
from vidsynth.cameras.placement import EYE, place_camera
from vidsynth.config import TrackletConfig
from vidsynth.drawing.distributions import of
from vidsynth.drawing.draws import Draws
from vidsynth.errors import CameraError, TargetError
from vidsynth.files import write_whole
from vidsynth.planning.scenery import lay_out
from vidsynth.seeds import Purpose, stream
from vidsynth.target.statistics import Distribution, TargetStatistics

MOUNT = (2.2, 5.5)
"""Metres above ground at which cameras hang, unless they look too level or too steeply for it."""

REACH = (2.5, 16.0)
"""Metres over the ground from what they look at."""

_STATURE = 1.7
_LOWEST, _HIGHEST = 1.0, 12.0
_WIDEST = 0.45
"""Focal length in widths of the frame, at least: nearer cameras would show people larger."""

_TRIES = 6

_TOGETHER = 2
_FLATTEST, _STEEPEST = 1.0, 75.0
_SMALLEST, _TALLEST = 48.0, 600.0
_PHOTOMETRY = {
    "gamma": ("gamma", 0.3, 3.0),
    "exposure": ("exposure_ev", -4.0, 4.0),
    "contrast": ("contrast", 0.3, 3.0),
    "saturation": ("saturation", 0.0, 2.0),
    "blur": ("blur", 0.0, 6.0),
    "noise": ("noise", 0.0, 40.0),
    "jpeg_quality": ("jpeg_quality", 5.0, 100.0),
}
_VIDEO = {"codec": "h264", "crf": 28}


@dataclass(frozen=True)
class Seen:
    """How one camera sees people: ``depression`` degrees below the horizon, ``height`` pixels of a
    person, and those parts of its photometry that are known."""

    depression: float
    height: float
    photometry: dict[str, Any]


def cameras_seen(statistics: TargetStatistics) -> tuple[Seen, ...]:
    """How each of the target's cameras sees people; quantities that it does not know are those of
    all cameras together. Raises TargetError where nothing says depression and height."""
    pooled = statistics.pooled.quantities
    groups = [camera.quantities for camera in statistics.cameras] or [pooled]
    found = []
    for quantities in groups:
        known = {name: d for name, d in {**pooled, **quantities}.items() if d.verdict != "refuse"}
        if not {"depression", "log_height"} <= known.keys():
            raise TargetError(
                "Expected statistics that say depression and log_height, which estimators measure, "
                f"found {', '.join(sorted(known)) or 'none'}. Measure the target with "
                "--estimators, or leave --network out."
            )
        looks: dict[str, Any] = {}
        for name, (key, low, high) in _PHOTOMETRY.items():
            if name in known:
                looks[key] = round(float(np.clip(middle(known[name]), low, high)), 3)
        if "jpeg_quality" in looks:
            looks["jpeg_quality"] = round(looks["jpeg_quality"])
        if {"red_gain", "blue_gain"} <= known.keys():
            red, blue = (float(np.exp(middle(known[f"{c}_gain"]))) for c in ("red", "blue"))
            looks["white_balance"] = [round(red, 4), 1.0, round(blue, 4)]
        if "codec_period" in known and known["codec_period"].shares()[0] < 0.5:
            looks |= _VIDEO
        found.append(
            Seen(
                float(np.clip(middle(known["depression"]), _FLATTEST, _STEEPEST)),
                float(np.clip(np.exp(middle(known["log_height"])), _SMALLEST, _TALLEST)),
                looks,
            )
        )
    return tuple(found)


def middle(found: Distribution) -> float:
    """The value that a camera has, or else the distribution's mean."""
    if found.mean is not None:
        return found.mean
    edges = np.array(found.edges)
    return float((edges[1:] + edges[:-1]) / 2 @ found.shares())


def hang(seen: Sequence[Seen], config: TrackletConfig) -> tuple[Camera, ...]:
    """A camera for each, in order, two of them to a site where there are so many.

    Raises CameraError naming the first that no site has a place for.
    """
    sites = _seats(len(seen), config.sites.names)
    cameras = []
    for number, (how, site) in enumerate(zip(seen, sites, strict=True), 1):
        others = [name for name in config.sites.names if name != site]
        turn = sites[: number - 1].count(site), sites.count(site)
        cameras.append(_hung(number, how, (site, *others), config, turn))
    return tuple(cameras)


def _seats(count: int, names: Sequence[str]) -> list[str]:
    used = names[: max(1, min(len(names), count // _TOGETHER))]
    return [used[k // _TOGETHER % len(used)] for k in range(count)]


def _hung(
    number: int, how: Seen, sites: Sequence[str], config: TrackletConfig, turn: tuple[int, int]
) -> Camera:
    """``turn`` is which of how many cameras of the first site it is."""
    error: CameraError | None = None
    rng = stream(config.seed, Purpose.NETWORK, number)
    for site in sites:
        for height in mounts(how, config.camera.width, rng)[:_TRIES]:
            wanted = config.camera.model_copy(
                update={
                    "network": None,
                    "depression": of(round(how.depression, 3)),
                    "person_height": of(round(how.height, 2)),
                    "focal": None,
                    "mount_height": of(round(float(height), 3)),
                    "distance": of(list(REACH)),
                    "distortion": of(0.0),
                }
            )
            alone = config.model_copy(update={"camera": wanted, "tables": {}})
            draws = Draws(alone.drawable(), {"camera": (number,)})
            own = stream(config.seed, Purpose.CAMERA, number)
            try:
                return place_camera(own, number, turn, lay_out(config, site), wanted, draws)
            except CameraError as found:
                error = found
    assert error is not None
    raise error


def mounts(how: Seen, width: int, rng: np.random.Generator) -> np.ndarray:
    """Heights above ground (N,), metres, at which a camera with frames ``width`` pixels wide can
    hang and see people so, from the best on: within `MOUNT`, and no wider than lenses are."""
    heights = np.linspace(_LOWEST, _HIGHEST, 56)
    slope = np.tan(np.radians(how.depression))
    reach = (heights - EYE) / slope
    there = (reach >= REACH[0]) & (reach <= REACH[1])
    heights, reach = heights[there], reach[there]
    focal = how.height * reach * (1 + slope**2) / _STATURE
    low, high = MOUNT
    cost = np.maximum(low - heights, 0) + np.maximum(heights - high, 0)
    cost += 5 * np.maximum(np.log(_WIDEST * width / focal), 0)
    order: np.ndarray = heights[np.argsort(cost + 0.01 * rng.random(len(cost)))]
    return order


def entries(cameras: Sequence[Camera], seen: Sequence[Seen]) -> Iterator[dict[str, Any]]:
    """The cameras as `camera.network` has them; what of their photometry is unknown is drawn."""
    for camera, how in zip(cameras, seen, strict=True):
        yield {
            "camera_id": camera.camera_id,
            "site": camera.site,
            "width": camera.width,
            "height": camera.height,
            "position": list(camera.position),
            "look_at": list(camera.look_at),
            "focal": camera.focal_px,
            "photometry": how.photometry,
        }


def write_network(path: Path, statistics: TargetStatistics, config: TrackletConfig) -> int:
    """Writes a network like the target's to ``path`` and says how many cameras it has: as many as
    the target, twice where it is one.

    Raises TargetError or CameraError where there is none.
    """
    seen = cameras_seen(statistics)
    seen = (seen * 2 if len(seen) == 1 else seen)[:MOST]
    written = list(entries(hang(seen, config), seen))
    write_whole(path, (json.dumps(written, indent=1) + "\n").encode())
    return len(written)
