"""How much of a tracklet is cut or hidden, and for how long at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EDGE = 2
"""Pixels from the frame's edge within which a box counts as cut by it."""

MUCH = 0.15
"""Share of a person from which on they are called cut, or hidden."""

_FILLED, _GRID = 0.5, 32


@dataclass(frozen=True)
class Runs:
    """Frames of a tracklet in which something is so: their ``share``, and the mean ``length`` of
    runs of them in frames, 0 where there are none."""

    share: float
    length: float


def runs(flags: np.ndarray) -> Runs:
    """The runs of True in ``flags`` (T,), bool, of consecutive frames.

    A run that the tracklet's beginning or end cuts off counts as what is seen of it.
    """
    found = np.asarray(flags, dtype=bool)
    if not len(found):
        return Runs(float("nan"), 0.0)
    starts = np.diff(np.concatenate([[False], found]).astype(int)) == 1
    return Runs(float(found.mean()), float(found.sum() / max(starts.sum(), 1)))


def cut_by_frame(boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Which boxes (T, 4), pixels, touch the edge of a frame of ``size`` (width, height): (T,)."""
    width, height = size
    edges = np.asarray(boxes, float)
    inside = (edges[:, :2] > EDGE).all(1) & (edges[:, 2:] < np.array([width, height]) - EDGE).all(1)
    found: np.ndarray = ~inside
    return found


def hidden_by_others(box: np.ndarray, others: np.ndarray) -> float:
    """Share of the person in ``box`` (4,) that those in ``others`` (N, 4) cover whose feet are
    lower in the picture: on level ground they are nearer to the camera.

    A person is taken to fill the middle half of a detector's box from side to side.
    """
    near = np.asarray(others, float).reshape(-1, 4)
    near = _bodies(near[near[:, 3] > box[3]])
    if not len(near):
        return 0.0
    x0, y0, x1, y1 = _bodies(np.asarray(box, float)[None])[0]
    x, y = (
        low + (np.arange(_GRID) + 0.5) / _GRID * (high - low) for low, high in ((x0, x1), (y0, y1))
    )
    over_x = (near[:, None, 0] <= x) & (x < near[:, None, 2])
    over_y = (near[:, None, 1] <= y) & (y < near[:, None, 3])
    covered = (over_y[:, :, None] & over_x[:, None, :]).any(axis=0)
    return float(covered.mean())


def _bodies(boxes: np.ndarray) -> np.ndarray:
    """The middle part of boxes (N, 4), from side to side."""
    middle, half = (boxes[:, 0] + boxes[:, 2]) / 2, _FILLED * (boxes[:, 2] - boxes[:, 0]) / 2
    return np.stack([middle - half, boxes[:, 1], middle + half, boxes[:, 3]], axis=1)
