"""How much a detector's boxes jump about the person from frame to frame."""

from __future__ import annotations

import numpy as np

_SIDES = np.sqrt(1 / 12)
"""Standard deviation of U(0, 1): each side of a box moves out by U(0, jitter) of its size."""


def jitter_of_boxes(boxes: np.ndarray) -> float:
    """``boxes.jitter`` as boxes (T, 4), of consecutive frames and uncut, have it; NaN below 5.

    Upper and lower side alone: a walker's arms and legs move the others. Second differences, of
    which a steady course has none, as shares of the median height.
    """
    edges = np.asarray(boxes, float)
    if len(edges) < 5:
        return float("nan")
    high = np.median(edges[:, 3] - edges[:, 1])
    sides = edges[:, [1, 3]] / high
    return _of_the_person(float(np.mean([_noise(sides[:, side]) for side in (0, 1)])) / _SIDES)


def jitter_of_sizes(heights: np.ndarray) -> float:
    """The same from the heights (T,), pixels, of crops that nobody has resized; NaN below 5."""
    if len(heights) < 5:
        return float("nan")
    return _of_the_person(_noise(np.log(np.asarray(heights, float))) / (_SIDES * np.sqrt(2)))


def _of_the_person(jitter: float) -> float:
    """As a share of the person's own box, where ``jitter`` is of one larger by as much: each of two
    sides is half as far out on the average."""
    return jitter / max(1 - jitter, 0.1)


def _noise(values: np.ndarray) -> float:
    """Standard deviation of independent noise on a smooth course (T,)."""
    bends = values[2:] - 2 * values[1:-1] + values[:-2]
    return float(np.sqrt(np.mean(bends**2) / 6))
