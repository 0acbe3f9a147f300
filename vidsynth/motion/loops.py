"""The part of a captured motion that can be played over and over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from vidsynth.geometry.polylines import lengths
from vidsynth.motion.capture import Capture

SMOOTHING = 0.5
"""Seconds of the Gaussian that separates a person's way from the sway of each step."""

SECONDS = (0.4, 12.0)
"""Shortest and longest loop."""

SEARCHED = 60.0
"""Seconds of a file, from its start, in which loops are looked for."""

STANDING = 0.25
"""Metres per second, for a leg of 0.84 m, below which someone stands rather than walks."""

_RATE = 30.0
_SHORTEST_STANDING = 2.0
# As good a match as one needs: points half a hand's breadth off, in legs.
_GOOD = 0.05**2
_VELOCITY_SECONDS = 0.1


@dataclass(frozen=True)
class Loop:
    """Frames ``first`` to ``last`` of a capture, which are alike; both 0 for a still pose.

    ``walks`` is False where the person stays in place.
    """

    first: int
    last: int
    walks: bool


def find_loop(capture: Capture) -> Loop:
    """The longest loop among those that match well.

    Of a walk, one that goes on at an even pace and straight ahead, where there is such a part.
    """
    count = min(len(capture.hips), int(SEARCHED * capture.fps))
    if count < 4:
        return Loop(0, 0, False)
    step = max(1, round(capture.fps / _RATE))
    frames = np.arange(0, count, step)
    way = gaussian_filter1d(
        capture.hips[:, :2], SMOOTHING * capture.fps, axis=0, mode="nearest", truncate=3
    )[frames]
    rate = capture.fps / step
    pace = np.linalg.norm(np.gradient(way, axis=0), axis=1) * rate
    usual = float(pace.max())
    walks = usual > STANDING * capture.leg / 0.84
    cost = _mismatch(capture, frames)
    lengths = (frames[None] - frames[:, None]) / capture.fps
    shortest = min(SECONDS[0] if walks else _SHORTEST_STANDING, 0.9 * lengths[0, -1])
    allowed = (lengths >= shortest) & (lengths <= SECONDS[1])
    if walks:
        even = allowed & _even(way, pace, usual)
        # A clip of one cycle has no neighbours to judge its pace by.
        allowed = even if even.any() else allowed
    best = cost[allowed].min()
    good = allowed & (cost <= max(1.5 * best, _GOOD))
    score = np.where(good, lengths - cost / max(best, _GOOD) * 0.1, -np.inf)
    start, end = np.unravel_index(int(score.argmax()), score.shape)
    first, last = _refine(capture, int(frames[start]), int(frames[end]), step, count)
    return Loop(first, last, walks)


def _poses(capture: Capture, frames: np.ndarray) -> np.ndarray:
    """(N, F) joints as the hips see them with their velocities, in legs."""
    around = np.unique(np.clip(np.concatenate([frames - 1, frames, frames + 1]), 0, None))
    around = around[around < len(capture.hips)]
    seen = capture.points[around] - capture.hips[around, None]
    cos, sin = np.cos(-capture.facing[around]), np.sin(-capture.facing[around])
    x, y = seen[..., 0].copy(), seen[..., 1].copy()
    seen[..., 0] = cos[:, None] * x - sin[:, None] * y
    seen[..., 1] = sin[:, None] * x + cos[:, None] * y
    seen = seen / capture.leg
    here = np.searchsorted(around, frames)
    after = np.minimum(here + 1, len(around) - 1)
    before = np.maximum(here - 1, 0)
    time = (around[after] - around[before])[:, None, None] / capture.fps
    moving = (seen[after] - seen[before]) / time * _VELOCITY_SECONDS
    size = np.sqrt(seen.shape[1])
    return np.concatenate([seen[here], moving], 1).reshape(len(frames), -1) / size


def _mismatch(capture: Capture, frames: np.ndarray) -> np.ndarray:
    """(N, N) mean squared distance per joint, square legs."""
    poses = _poses(capture, frames)
    norms = (poses**2).sum(1)
    return np.maximum(norms[:, None] + norms[None] - 2 * poses @ poses.T, 0)


def _even(way: np.ndarray, pace: np.ndarray, usual: float) -> np.ndarray:
    """(N, N) whether one walks from frame i to frame j at an even pace and straight ahead."""
    count = len(pace)
    walked = lengths(way)
    length = walked[None] - walked[:, None]
    direct = np.linalg.norm(way[None] - way[:, None], axis=2)
    slowest = np.full((count, count), np.inf)
    for start in range(count):
        slowest[start, start:] = np.minimum.accumulate(pace[start:])
    steps = np.maximum(np.arange(count)[None] - np.arange(count)[:, None], 1)
    mean = length / steps * (pace.sum() / max(walked[-1], 1e-9))
    return (direct > 0.9 * length) & (mean > 0.6 * usual) & (slowest > 0.6 * mean)


def _refine(capture: Capture, first: int, last: int, step: int, count: int) -> tuple[int, int]:
    """The best pair of the capture's own frames around a pair found ``step`` apart."""
    if step == 1:
        return first, last
    starts = np.arange(max(0, first - step), min(first + step + 1, last))
    ends = np.arange(max(first + step + 1, last - step), min(count, last + step + 1))
    cost = _mismatch(capture, np.concatenate([starts, ends]))[: len(starts), len(starts) :]
    start, end = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(starts[start]), int(ends[end])
