"""How fast a captured person walks and along which path, and how the hips sway about it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from vidsynth.geometry.polylines import lengths
from vidsynth.motion.capture import Capture, load_capture
from vidsynth.motion.joint_map import JointNames, read_joint_map
from vidsynth.motion.loops import SMOOTHING, Loop, find_loop

LEG_SHARE = 0.488
"""From hip over knee to ankle, of stature, on the average body."""


def captured_loop(path: Path, joint_map: Path | None = None) -> tuple[Capture, Loop]:
    """A file, whose joints ``joint_map`` may name, and the part of it that is played. Raises
    MotionError."""
    return _loop(path, _stamp(path), _names(joint_map))


def _names(joint_map: Path | None) -> JointNames | None:
    return None if joint_map is None else read_joint_map(joint_map)


def _stamp(path: Path) -> tuple[int, int]:
    """Tells whether a file is still the one that was read."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=64)
def _loop(path: Path, stamp: tuple[int, int], named: JointNames | None) -> tuple[Capture, Loop]:
    capture = load_capture(path, named)
    return capture, find_loop(capture)


def captured_speed(path: Path, stature: float, joint_map: Path | None = None) -> float:
    """Metres per second at which a body of ``stature`` metres walks the file's loop; 0 in place.

    Raises MotionError."""
    pace = _legs_per_second(path, _stamp(path), _names(joint_map))
    return round(pace * stature * LEG_SHARE, 4)


@cache
def _legs_per_second(path: Path, stamp: tuple[int, int], named: JointNames | None) -> float:
    capture, loop = _loop(path, stamp, named)
    if not loop.walks:
        return 0.0
    _, way, _ = smooth_path(capture, loop, np.array([loop.first, loop.last]))
    return float(way[-1]) * capture.fps / (loop.last - loop.first) / capture.leg


def smooth_path(
    capture: Capture, loop: Loop, frames: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The smoothed path of a loop at ``frames`` (N,), in the file's metres.

    Returns heading (N,) radians, 0 along -y; metres walked (N,); and the offset of the hips (N, 2)
    from the path, as seen along the heading.
    """
    own = np.arange(loop.first, loop.last + 1)
    hips, length = capture.hips[own, :2], len(own) - 1
    if not loop.walks:
        facing = np.angle(np.exp(1j * capture.facing[own]).mean())
        heading = np.full(len(frames), float(facing))
        away = capture.hips[frames, :2] - hips.mean(0)
        return heading, np.zeros(len(frames)), _seen_along(away, heading)
    moved = hips[-1] - hips[0]
    pad = int(np.ceil(4 * SMOOTHING * capture.fps))
    turns = -(-pad // length)
    whole = np.concatenate([hips[:-1] + k * moved for k in range(-turns, turns + 1)])
    smooth = gaussian_filter1d(whole, SMOOTHING * capture.fps, axis=0, truncate=4, mode="nearest")
    middle = slice(turns * length - 1, (turns + 1) * length + 2)
    smooth = smooth[middle]
    pace = (smooth[2:] - smooth[:-2]) / 2
    heading = np.unwrap(np.arctan2(pace[:, 0], -pace[:, 1]))
    smooth = smooth[1:-1]
    walked = lengths(smooth)
    at = frames - loop.first
    return heading[at], walked[at], _seen_along(hips[at] - smooth[at], heading[at])


def _seen_along(vectors: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """(N, 2) turned so that ``heading`` (N,) is 0."""
    cos, sin = np.cos(-heading), np.sin(-heading)
    x, y = vectors.T
    return np.stack([cos * x - sin * y, sin * x + cos * y], 1)
