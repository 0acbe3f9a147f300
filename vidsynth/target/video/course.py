"""Where somebody goes, by their boxes: nearer, farther or across, and how fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STATURE = 1.7
"""Metres that a box is high, on the average."""

_LEAST_SECONDS = 0.5
_DRIFT = 0.05
"""Heights of the boxes a second by which those of somebody who stands may drift."""


@dataclass(frozen=True)
class Course:
    """How a tracklet's boxes move.

    approach: per second, of the logarithm of the boxes' height: above 0 towards the camera.
    across: to the right of the picture, in heights of the boxes per second.
    down: downward in the picture, in heights of the boxes per second.
    """

    approach: float
    across: float
    down: float

    @property
    def stands(self) -> bool | None:
        """Whether the person stays where they are; None where that is unknown."""
        moved = abs(self.approach) + float(np.hypot(self.across, self.down))
        return bool(moved < _DRIFT) if np.isfinite(moved) else None

    @property
    def lateral(self) -> float:
        """Metres a second across the line of sight, to the right; of somebody 1.70 m tall."""
        return STATURE * self.across


UNKNOWN = Course(float("nan"), float("nan"), float("nan"))


def course(boxes: np.ndarray, seconds: np.ndarray, inside: np.ndarray | None = None) -> Course:
    """The course of boxes (T, 4) x0, y0, x1, y1, pixels of the frame, at ``seconds`` (T,).

    ``inside`` (T,) are the boxes that the frame's edge does not cut: of others neither size nor
    place is the person's. Slopes are Theil's and Sen's, so that some bad boxes do not matter.
    """
    boxes, seconds = np.asarray(boxes, float), np.asarray(seconds, float)
    if inside is not None and inside.sum() >= 3:
        boxes, seconds = boxes[inside], seconds[inside]
    if len(boxes) < 3 or seconds[-1] - seconds[0] < _LEAST_SECONDS:
        return UNKNOWN
    high = boxes[:, 3] - boxes[:, 1]
    usual = float(np.median(high))
    return Course(
        _slope(seconds, np.log(np.maximum(high, 1.0))),
        _slope(seconds, (boxes[:, 0] + boxes[:, 2]) / 2) / usual,
        _slope(seconds, boxes[:, 3]) / usual,
    )


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """The median of the slopes between all pairs that lie a quarter of the span apart."""
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    far = apart >= (x[-1] - x[0]) / 4
    return float(np.median((y[second] - y[first])[far] / apart[far]))


def azimuth_of(moved: Course, speed: float) -> float:
    """Degrees from which the camera sees somebody who walks at ``speed`` m/s: 0 the face, 90 their
    left, 180 the back; NaN where it cannot be told.

    Whoever walks to the left of the picture shows their left. How much of the speed is across says
    the angle; whether boxes grow says front or back.
    """
    if not np.isfinite(moved.approach) or not speed > 0.2:
        return float("nan")
    sine = float(np.clip(-moved.lateral / speed, -1, 1))
    cosine = np.sqrt(1 - sine**2) * (1 if moved.approach >= 0 else -1)
    return float(np.degrees(np.arctan2(sine, cosine)) % 360)


def circular_median(angles: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The angle, degrees from 0 to 360, with the least mean distance around the circle to
    ``angles`` (N,); NaN of none."""
    found = np.asarray(angles, float)
    kept = np.isfinite(found)
    if not kept.any():
        return float("nan")
    found = found[kept] % 360
    share = np.ones(len(found)) if weights is None else np.asarray(weights, float)[kept]
    apart = np.abs((found[:, None] - found[None] + 180) % 360 - 180)
    return float(found[(apart @ share).argmin()])


def apart(one: np.ndarray | float, other: np.ndarray | float) -> np.ndarray:
    """Degrees, 0 to 180, between two angles."""
    found: np.ndarray = np.abs((np.asarray(one) - np.asarray(other) + 180) % 360 - 180)
    return found
