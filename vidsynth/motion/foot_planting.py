"""Keeps standing feet where they were set down, in curves too, and varies gait cycles a little.

A gait is made for walking straight ahead. In a curve each standing foot keeps the position and the
direction that it has half way through its stance, a swinging foot moves from those of the last
stance to those of the next, hips and trunk follow the path, and the legs reach for the feet by
inverse kinematics.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES
from vidsynth.motion.leg_ik import Feet, find_feet, reach_feet
from vidsynth.motion.walking import Placement, Stride, position_and_heading

NOISE = 1.2
"""Degrees by which a joint differs from cycle to cycle, standard deviation."""

_GRAVITY = 9.81
_LOOKS_AHEAD, _MOST_AHEAD = 0.35, np.radians(22)


def vary(
    rotations: np.ndarray, phase: np.ndarray, heads: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with hips, trunk, head and arms a little different in each cycle.

    Feet stay where they are. ``phase`` (T,) counts cycles.
    """
    feet = find_feet(rotations, heads)
    rotations = rotations.copy()
    for bone, axes, share in _VARIED:
        angles = np.stack([_drift(rng, phase) * share for _ in axes], 1)
        turn = Rotation.from_euler(axes, np.radians(NOISE * angles)).as_matrix()
        number = BONES.index(bone)
        rotations[:, number] = rotations[:, number] @ turn.reshape(-1, 3, 3)
    return reach_feet(rotations, heads, feet)


_VARIED = (
    ("Hips", "xyz", 0.6), ("LowerBack", "xyz", 0.7), ("Spine1", "xyz", 0.7), ("Head", "xyz", 1.2),
    *((side + "Arm", "xz", 1.2) for side in ("Left", "Right")),
    *((side + "ForeArm", "x", 1.5) for side in ("Left", "Right")),
)  # fmt: skip


def _drift(rng: np.random.Generator, phase: np.ndarray) -> np.ndarray:
    """(T,) a normally distributed number for each cycle, joined smoothly."""
    values = rng.normal(size=int(phase.max(initial=0)) + 3)
    cycle = np.floor(phase).astype(int)
    share = phase - cycle
    share = share**2 * (3 - 2 * share)
    return (1 - share) * values[cycle] + share * values[cycle + 1]


def keep_feet_planted(
    rotations: np.ndarray,
    heads: np.ndarray,
    beside: tuple[float, float],
    placed: Placement,
    cycle: Stride,
    path: tuple[tuple[float, float], ...],
    start: float,
    begun: float,
) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with both feet planted along a path that may turn.

    Args:
        beside: x, metres, at which the right and the left ankle pass the hips' middle.
        start: metres of the path that are covered at time 0.
        begun: phase of the gait at time 0, as of `walking.placement`.
    """
    feet = find_feet(rotations, heads)
    ankles, turns = feet.ankles.copy(), feet.turns.copy()
    covered = cycle.distance_at(placed.phase, begun)
    for k, offset in enumerate((0.0, 0.5)):
        own = placed.phase - offset
        number = np.floor(own)
        swing = np.clip((own - number - cycle.grounded) / (1 - cycle.grounded), 0, 1)
        swing = swing**2 * (3 - 2 * swing)
        aside = np.full(len(own), beside[k])
        spots, headings = [], []
        for stance in (number, number + 1):
            middle = cycle.distance_at(stance + offset + cycle.grounded / 2, begun)
            at, heading = position_and_heading(path, start + middle)
            # Where the foot would be had the person walked straight on from there.
            ahead = np.column_stack([aside, feet.ankles[:, k, 1] - (covered - middle)])
            spots.append(at + _turned(ahead, heading))
            headings.append(_difference(heading, placed.heading))
        spot = (1 - swing)[:, None] * spots[0] + swing[:, None] * spots[1]
        ankles[:, k, :2] = _turned(spot - placed.position, -placed.heading)
        off = (1 - swing) * headings[0] + swing * headings[1]
        turns[:, k] = Rotation.from_euler("z", off[:, None]).as_matrix() @ turns[:, k]
    return reach_feet(rotations, heads, Feet(ankles, turns))


def lean_in(
    rotations: np.ndarray, heading: np.ndarray, pace: float, times: np.ndarray
) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with the trunk leaning into curves and the head turned ahead.

    The trunk leans by atan(v w / g), as balance asks, at ``pace`` v, m/s, and turning by w, rad/s;
    ``times`` (T,) seconds.
    """
    if len(heading) < 2:
        return rotations
    rate = np.gradient(np.unwrap(heading), times)
    lean = np.arctan(pace * rate / _GRAVITY)
    look = np.clip(_LOOKS_AHEAD * rate, -_MOST_AHEAD, _MOST_AHEAD)
    rotations = rotations.copy()
    for bone, axis, angle in (("LowerBack", "y", 0.7 * lean), ("Head", "z", look)):
        number = BONES.index(bone)
        turn = Rotation.from_euler(axis, angle[:, None]).as_matrix()
        rotations[:, number] = turn @ rotations[:, number]
    return rotations


def _turned(vectors: np.ndarray, angle: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = vectors.T
    return np.stack([cos * x - sin * y, sin * x + cos * y], 1)


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.angle(np.exp(1j * (a - b)))
