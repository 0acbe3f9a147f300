"""Bends a path around somebody who is in the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vidsynth.geometry.polylines import lengths, points_at

_SHARPEST = 0.55
"""Radians a metre that a detour turns at most; feet follow 0.7."""

_FARTHEST = 1.3
_SHORTEST = 1.6
_SPARE = 0.12
"""Metres: of a detour to the side at most; of its half along the path at least; more than asked."""


def sidesteps(
    path: np.ndarray, reached: float, own: np.ndarray, other: np.ndarray, space: float
) -> Iterator[np.ndarray]:
    """Paths (N, 2) that pass a person at ``space`` metres or more, smallest detours first.

    Args:
        path: (N, 2) metres, which is bent; a detour comes back to it where it is long enough.
        reached: metres along it where the two are nearest to each other.
        own: (2,) where the middle of whoever steps aside is then.
        other: (2,) where the other one is then.
    """
    before, after = points_at(path, np.array([reached - 0.3, reached + 0.3]))
    ahead = (after - before) / max(float(np.hypot(*(after - before))), 1e-9)
    left = np.array([-ahead[1], ahead[0]])
    beside = float((own - other) @ left)
    # Straight ahead: to the right, as most people do.
    near = 1.0 if beside > 0.05 else -1.0
    wanted = space + _SPARE
    this, that = near * (wanted - abs(beside)), -near * (wanted + abs(beside))
    # Who comes from the side goes on meanwhile: to pass behind them takes more.
    for shift in (this, 1.6 * this, that, 1.6 * that):
        if 0.05 < abs(shift) <= _FARTHEST:
            yield detour(path, reached, shift)


def detour(path: np.ndarray, middle: float, shift: float) -> np.ndarray:
    """The path (N, 2) moved by ``shift`` metres to the left at ``middle`` metres along it.

    Before and after that the shift falls off by a raised cosine, long enough to turn gently.
    """
    half = max(np.pi * np.sqrt(abs(shift) / (2 * _SHARPEST)), _SHORTEST)
    walked = lengths(path)
    off = np.clip((walked - middle) / half, -1, 1)
    ahead = np.gradient(path, axis=0)
    left = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.hypot(*ahead.T)[:, None]
    bent: np.ndarray = path + (shift * (1 + np.cos(np.pi * off)) / 2)[:, None] * left
    return bent
