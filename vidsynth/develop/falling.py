"""Draws rain and snow between a camera and what it sees, in linear light.

Drops and flakes have fixed places in slabs of depth and are carried through the image by their
fall, the wind and the time, wrapping around at the frame's edge: consistent from frame to frame and
from crop to crop of a camera, and computed for a crop alone. Streaks are as long as the fall during
the exposure (Halder et al., Physics-Based Rendering for Improving Robustness to Rain, ICCV 2019);
what lies nearer than a drop hides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.places.sky.air import Air
from vidsynth.seeds import Purpose, stream

_SLABS = ((0.8, 1.5), (1.5, 3.0), (3.0, 6.0), (6.0, 12.0))
"""Metres from the camera; beyond, fog stands for what falls."""
_MARGIN = 80
"""Pixels around the frame in which things fall, too."""


@dataclass(frozen=True)
class _Kind:
    """Rain or snow.

    size: metres across.
    speed: m/s of the fall.
    open: seconds of exposure.
    density: how many in a cubic metre.
    white: brightness over that of fog.
    spread: of speeds, as a share.
    """

    size: float
    speed: float
    open: float
    density: float
    white: float
    spread: float


def fall(
    light: np.ndarray,
    depth: np.ndarray,
    box: tuple[int, int, int, int],
    camera: Camera,
    air: Air,
    seed: int,
    time: float,
) -> np.ndarray:
    """The crop's light (H, W, 3), exposed for the scene, with what falls in front of it.

    ``depth`` (H, W) metres; ``box`` x0, y0, x1, y1 of the crop in the frame, pixels; ``seed`` the
    shot's; ``time`` seconds since its beginning.
    """
    kinds = []
    if air.rain:
        # Marshall and Palmer: more rain is more and larger drops.
        kinds.append(_Kind(0.0022, 7.5, 1 / 50, 9.0 * air.rain**0.5, 1.5, 0.15))
    if air.snow:
        kinds.append(_Kind(0.007, 1.3, 1 / 90, air.snow, 1.3, 0.35))
    for number, kind in enumerate(kinds):
        cover = np.zeros(depth.shape, np.float32)
        for slab in range(len(_SLABS)):
            cover += _cover(_slab(kind, number, slab, camera, air.wind, seed), depth, box, time)
        share = (1.0 - np.exp(-cover))[..., None]
        light = light * (1 - share) + kind.white * np.asarray(air.glow, np.float32) * share
    return light


@dataclass(frozen=True, eq=False)
class _Slab:
    """What is in a slab of depth when a shot begins, N drops or flakes.

    at: (N, 2) pixels from the corner of the frame's margin.
    extent: (2,) pixels of the frame and its margins.
    drift: (N, 2) pixels a second.
    size: (N,) pixels.
    away: (N,) metres.
    phase: (N, 2) any number.
    open: seconds of exposure.
    """

    at: np.ndarray
    extent: tuple[int, int]
    drift: np.ndarray
    size: np.ndarray
    away: np.ndarray
    phase: np.ndarray
    open: float


@lru_cache(maxsize=16)
def _slab(
    kind: _Kind, number: int, slab: int, camera: Camera, wind: tuple[float, float], seed: int
) -> _Slab:
    """The drops of one slab: the same for every crop that a camera takes in a shot."""
    rng = stream(seed, Purpose.FALLING, camera.camera_id, number, slab)
    near, far = _SLABS[slab]
    extent = camera.width + 2 * _MARGIN, camera.height + 2 * _MARGIN
    volume = extent[0] * extent[1] * (far**3 - near**3) / 3 / camera.focal_px**2
    volume *= camera.focal[0] / camera.focal[1]
    count = rng.poisson(kind.density * volume)
    away = (rng.uniform(near**3, far**3, count)) ** (1 / 3)
    at = rng.uniform(0, 1, (count, 2)) * extent
    pace = kind.speed * (1 + kind.spread * rng.uniform(-1, 1, count))
    sway = kind.spread * rng.normal(0, 0.5, (count, 2))
    phase = rng.uniform(0, 1, (count, 2))
    velocity = np.column_stack([np.tile(wind, (count, 1)) + sway, -pace]) @ camera.R.T
    per_metre = camera.focal_px / away
    drift = velocity[:, :2] * (camera.focal / away[:, None])
    return _Slab(at, extent, drift, kind.size * per_metre, away, phase, kind.open)


def _cover(
    slab: _Slab, depth: np.ndarray, box: tuple[int, int, int, int], time: float
) -> np.ndarray:
    """How much of each pixel things of one slab of depth cover, (H, W)."""
    drift, size, away, phase = slab.drift, slab.size, slab.away, slab.phase
    at = (slab.at + drift * time) % slab.extent - _MARGIN
    length = np.hypot(*drift.T) * slab.open
    reach = size + length
    x0, y0, x1, y1 = box
    inside = (
        (at[:, 0] > x0 - reach) & (at[:, 0] < x1 + reach)
        & (at[:, 1] > y0 - reach) & (at[:, 1] < y1 + reach)
    )  # fmt: skip
    at, drift, size, length, away, phase = (
        values[inside] for values in (at, drift, size, length, away, phase)
    )
    height, width = depth.shape
    cover = np.zeros(height * width)
    # Each is drawn as points spread over the streak it leaves, enough for them to touch.
    wide = np.maximum(size, 1)
    points = np.minimum(3 + np.ceil(wide * (4 * length + 6 * wide)), 2400).astype(int)
    owner = np.repeat(np.arange(len(at)), points)
    first = np.cumsum(points) - points
    number = np.arange(len(owner)) - first[owner]
    step = number / points[owner]
    # Roberts's additive sequence fills the disc evenly wherever along the streak it is.
    turn = 2 * np.pi * ((number * 0.7548777 + phase[owner, 0]) % 1)
    radius = 0.5 * size[owner] * np.sqrt((number * 0.5698403 + phase[owner, 1]) % 1)
    x = at[owner, 0] + drift[owner, 0] * slab.open * (step - 0.5) + radius * np.cos(turn) - x0
    y = at[owner, 1] + drift[owner, 1] * slab.open * (step - 0.5) + radius * np.sin(turn) - y0
    # The light of a thing is spread over all it swept: area times share of the time.
    weight = (0.785 * size**2 / points)[owner]
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    for dy in (0, 1):
        for dx in (0, 1):
            c, r = column + dx, row + dy
            part = weight * np.abs(1 - dx - (x - column)) * np.abs(1 - dy - (y - row))
            keep = (c >= 0) & (c < width) & (r >= 0) & (r < height)
            keep[keep] = depth[r[keep], c[keep]] > away[owner[keep]]
            cover += np.bincount(r[keep] * width + c[keep], part[keep], height * width)
    return cover.reshape(height, width)
