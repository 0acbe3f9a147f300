"""Stepping aside for somebody who is in the way: a path bent around them and back."""

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
    """Ways (N, 2) like ``path`` (N, 2) that pass ``other`` (2,) at ``space`` metres or more, the
    smallest detours first.

    Somebody is ``reached`` metres along the path when they are nearest to the other, with their
    middle at ``own`` (2,). A detour comes back to the path, where that is long enough.
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
    """The path (N, 2) moved ``shift`` metres to the left, ``middle`` metres along it, and less and
    less before and after: by a raised cosine, as long as it must be to turn gently."""
    half = max(np.pi * np.sqrt(abs(shift) / (2 * _SHARPEST)), _SHORTEST)
    walked = lengths(path)
    off = np.clip((walked - middle) / half, -1, 1)
    ahead = np.gradient(path, axis=0)
    left = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.hypot(*ahead.T)[:, None]
    bent: np.ndarray = path + (shift * (1 + np.cos(np.pi * off)) / 2)[:, None] * left
    return bent
