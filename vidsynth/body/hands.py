"""Bends fingers at their own joints: relaxed, as a fist, or around a thing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vidsynth.body.anatomy import BONES
from vidsynth.body.fingers import INDEX, THUMB, Finger, fingers
from vidsynth.body.model import BodyShape
from vidsynth.body.posture import Posture
from vidsynth.geometry.vectors import unit


@dataclass(frozen=True)
class _Grip:
    """``bend``: degrees by which each joint of the fingers turns them towards the palm, beginning
    with where they leave the hand; the little finger's are ``closing`` times as many. ``thumb``:
    the ways its three bones point: along the hand, towards the little finger, into the palm."""

    bend: tuple[float, float, float]
    closing: float
    thumb: tuple[tuple[float, float, float], ...]


_OPEN_THUMB = ((0.78, -0.42, 0.46), (0.90, -0.20, 0.38), (0.93, -0.02, 0.36))
_RELAXED = _Grip((18, 27, 14), 1.45, _OPEN_THUMB)
_LOOSE_FIST = _Grip(
    (58, 82, 42), 1.12, ((0.72, -0.48, 0.50), (0.80, 0.15, 0.55), (0.55, 0.80, 0.20))
)
_CLOSED = _Grip((68, 92, 52), 1.08, ((0.75, -0.45, 0.48), (0.85, 0.10, 0.50), (0.60, 0.75, 0.25)))
_TUCKED = _Grip((38, 55, 30), 1.10, ((0.80, -0.30, 0.50), (0.88, 0.05, 0.46), (0.85, 0.40, 0.35)))
_CRADLE = _Grip((14, 28, 18), 1.3, ((0.80, -0.50, 0.34), (0.92, -0.25, 0.30), (0.95, 0.0, 0.30)))
_GRIPS = {
    "carry": _CLOSED, "umbrella": _CLOSED, "strap": _CLOSED, "look": _CRADLE, "call": _CRADLE,
    "pocket": _TUCKED,
}  # fmt: skip

# Degrees by which fingers that lie side by side point towards the middle one; positive towards the
# little finger. Knuckles are wider apart than fingers are thick.
_TOGETHER = (9.0, 0.0, -8.0, -15.0)


def bend_fingers(shape: BodyShape, posture: Posture, running: bool = False) -> BodyShape:
    """The body with its fingers as each arm's posture asks.

    Free hands are relaxed, or loose fists in a run (``running``).
    """
    vertices = np.array(shape.vertices)
    free = _LOOSE_FIST if running else _RELAXED
    for side, arm in (("Left", posture.left), ("Right", posture.right)):
        _bend(vertices, fingers()[side], _GRIPS.get(arm, free))
    return replace(shape, vertices=vertices)


def _bend(vertices: np.ndarray, hand: tuple[Finger, ...], grip: _Grip) -> None:
    """Bend the fingers of a hand in ``vertices`` (V, 3), in place."""
    spots = [finger.spots(vertices) for finger in hand]
    frame = _frame(spots)
    moved = np.zeros_like(vertices, dtype=float)
    for number, (finger, spot) in enumerate(zip(hand, spots, strict=True)):
        before = np.diff(spot, axis=0)
        ways = np.array(grip.thumb) if number == THUMB else _ways(grip, number - INDEX)
        after = unit(ways) @ frame.T
        begins = spot[0]
        for k in range(3):
            turn = _turn(before[k], after[k], None if number == THUMB else frame[:, 1])
            own = (vertices[finger.rows] - spot[k]) @ turn.T + begins - vertices[finger.rows]
            moved[finger.rows] += finger.weights[:, k, None] * own
            begins = begins + np.linalg.norm(before[k]) * after[k]
    vertices += moved.astype(vertices.dtype)


def _ways(grip: _Grip, finger: int) -> np.ndarray:
    """(3, 3) where a finger's phalanges point: along the hand, towards the little finger, palm."""
    share = np.interp(finger, (0, 3), (1.0, grip.closing))
    bent = np.radians(np.cumsum(grip.bend) * share)
    aside = np.sin(np.radians(_TOGETHER[finger]))
    return np.stack([np.cos(bent), np.full(3, aside), np.sin(bent)], 1)


def _frame(spots: list[np.ndarray]) -> np.ndarray:
    """Columns: along the flat hand, across it towards the little finger, and out of the palm."""
    knuckles = np.stack([spot[0] for spot in spots[INDEX:]])
    across = knuckles[3] - knuckles[0]
    # Where fingers droop at rest is towards the palm, and nearer along the hand at the knuckle.
    droop = np.mean([spot[3] - spot[2] for spot in spots[INDEX:]], 0)
    first = np.mean([spot[1] - spot[0] for spot in spots[INDEX:]], 0)
    across = across - (across @ first) / (first @ first) * first
    across /= np.linalg.norm(across)
    ahead = first / np.linalg.norm(first)
    palm = np.cross(ahead, across)
    palm *= np.sign(palm @ droop)
    return np.stack([ahead, across, palm], 1)


def hand_axes(heads: np.ndarray, vertices: np.ndarray, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors along a hand's fingers and out of its palm, at rest.

    ``heads`` (31, 3) joints and ``vertices`` (V, 3) of the body; ``side``: Left or Right.
    """
    # The joint's own vertices stay where they are when the thumb is bent.
    wrist = heads[BONES.index(f"{side}Hand")]
    ahead = heads[BONES.index(f"{side}HandFinger1")] - wrist
    thumb = vertices[fingers()[side][THUMB].joints[2]].mean(0) - wrist
    sign = 1.0 if side == "Left" else -1.0
    return unit(ahead), unit(sign * np.cross(ahead, thumb))


def _turn(before: np.ndarray, after: np.ndarray, across: np.ndarray | None) -> np.ndarray:
    """The rotation that takes one direction to another; ``across`` keeps what lies across, where
    None it is the shortest."""
    if across is None:
        across = np.cross(before, after)
    return _axes(after, across) @ _axes(before, across).T


def _axes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    x = first / np.linalg.norm(first)
    y = second - (second @ x) * x
    y /= np.linalg.norm(y)
    return np.stack([x, y, np.cross(x, y)], 1)
