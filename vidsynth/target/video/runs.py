"""How much of a tracklet is cut or hidden, and for how long at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EDGE = 2
"""Pixels from the frame's edge within which a box counts as cut by it."""

MUCH = 0.15
"""Share of a person from which on they are called cut, or hidden."""


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
    """Share of ``box`` (4,) that those of ``others`` (N, 4) cover whose feet are lower in the
    picture: on level ground they are nearer to the camera."""
    near = np.asarray(others, float).reshape(-1, 4)
    near = near[near[:, 3] > box[3]]
    if not len(near):
        return 0.0
    across, down = (np.linspace(box[a], box[a + 2], 33)[:-1] for a in (0, 1))
    x, y = across + (box[2] - box[0]) / 64, down + (box[3] - box[1]) / 64
    over_x = (near[:, None, 0] <= x) & (x < near[:, None, 2])
    over_y = (near[:, None, 1] <= y) & (y < near[:, None, 3])
    covered = (over_y[:, :, None] & over_x[:, None, :]).any(axis=0)
    return float(covered.mean())
