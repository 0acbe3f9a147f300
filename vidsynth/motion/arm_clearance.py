"""Turns arms outwards until they are out of the trunk, the thighs, the clothes on them and a bag.

Neither a gait nor a captured motion knows how stout its body is, or that it wears a coat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BODY, BONES, anatomy
from vidsynth.body.model import BodyShape
from vidsynth.body.skeleton import posed

# Metres from the middle of an arm or a hand to the cloth: it may brush it, not sink into it.
_ROOM = 0.010
_ROOM_AT_BAG = 0.030
_STEP, _MOST = np.radians(1.0), np.radians(26.0)
_SAMPLED, _TOUCHING = 48, 0.03
_SLICE = 0.04
_FINGERS = 0.7
"""How far relaxed fingers reach beyond the knuckles, of what those are from the wrist."""


def keep_arms_clear(
    rotations: np.ndarray,
    shape: BodyShape,
    trunk: np.ndarray | None = None,
    sides: Iterable[str] = ("Left", "Right"),
    bag: np.ndarray | None = None,
) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with each upper arm turned outwards until it is out of the trunk.

    It is the least angle, the same at all times, at which elbow, forearm and hand stay clear; none
    where no angle suffices, since hands are then meant to touch.

    Args:
        trunk: (N, 3) metres, trunk and thighs as dressed, at rest; None: the bare body's.
        sides: which arms.
        bag: (M, 3) metres, what hangs at the hips, at rest.
    """
    rotations = rotations.copy()
    some = slice(None, None, max(1, len(rotations) // _SAMPLED))
    trunk = shape.vertices[BODY][_trunk_rows()] if trunk is None else trunk
    for side in sides:
        sign = -1.0 if side == "Left" else 1.0
        solids = _solids(shape, trunk, side)
        if bag is not None and len(bag):
            solids.append(_sliced(BONES.index("Hips"), bag, _ROOM_AT_BAG))
        arm = BONES.index(f"{side}Arm")
        for angle in np.arange(0.0, _MOST + _STEP, _STEP):
            turn = Rotation.from_euler("y", sign * angle).as_matrix()
            tried = rotations[some].copy()
            tried[:, arm] = turn @ tried[:, arm]
            if _touching(tried, shape, side, solids) <= _TOUCHING:
                rotations[:, arm] = turn @ rotations[:, arm]
                break
    return rotations


@dataclass(frozen=True, eq=False)
class _Solid:
    """The trunk, a thigh or a bag at rest: a stack of level slices, which moves with ``bone``.

    ``low`` is the lowest slice's height, ``centre`` (S, 2) their middles and ``half`` (S, 2) their
    half axes, metres; ``room`` is to be left around.
    """

    bone: int
    low: float
    centre: np.ndarray
    half: np.ndarray
    room: float = _ROOM

    def holds(self, points: np.ndarray) -> np.ndarray:
        """(T,) whether points (T, 3), as if the bone were at rest, are in it."""
        level = np.floor((points[:, 2] - self.low) / _SLICE).astype(int)
        within = (level >= 0) & (level < len(self.half))
        level = np.clip(level, 0, len(self.half) - 1)
        # Cloth around a trunk or two legs is squarer than an ellipse.
        across = (points[:, :2] - self.centre[level]) / (self.half[level] + self.room)
        inside: np.ndarray = within & (np.linalg.norm(across, ord=3, axis=1) < 1)
        return inside


def _solids(shape: BodyShape, points: np.ndarray, side: str) -> list[_Solid]:
    """The trunk and one thigh, of ``points`` (N, 3) metres at rest."""
    thigh = BONES.index(f"{side}UpLeg")
    hip = shape.heads[thigh]
    above, beside = points[:, 2] >= hip[2], points[:, 0] * np.sign(hip[0]) > 0
    return [
        _sliced(BONES.index(bone), points[rows])
        for bone, rows in (("LowerBack", above), (BONES[thigh], ~above & beside))
        if rows.sum() > 3
    ]


def _sliced(bone: int, points: np.ndarray, room: float = _ROOM) -> _Solid:
    low = float(points[:, 2].min())
    level = ((points[:, 2] - low) / _SLICE).astype(int)
    ends = [
        (points[level == k, :2].min(0), points[level == k, :2].max(0))
        for k in range(level.max() + 1)
        if (level == k).any()
    ]
    lowest, highest = (np.array(side) for side in zip(*ends, strict=True))
    return _Solid(bone, low, (lowest + highest) / 2, (highest - lowest) / 2, room)


def _touching(
    rotations: np.ndarray, shape: BodyShape, side: str, solids: Iterable[_Solid]
) -> float:
    """Share of moments in which the arm reaches into a solid."""
    heads = shape.heads
    skeleton = posed(rotations, heads)
    elbow, wrist, knuckles = (
        skeleton.position(side + part) for part in ("ForeArm", "Hand", "FingerBase")
    )
    tips = knuckles + _FINGERS * (knuckles - wrist)
    inside = np.zeros(len(rotations), bool)
    for point in (elbow, (elbow + wrist) / 2, wrist, knuckles, tips):
        for solid in solids:
            # Where the point would be, had the bone not moved.
            away = point - skeleton.positions[solid.bone]
            offset = np.einsum("tji,tj->ti", skeleton.turns[solid.bone], away)
            inside |= solid.holds(offset + heads[solid.bone])
    return float(inside.mean())


@lru_cache(maxsize=1)
def _trunk_rows() -> np.ndarray:
    """Vertices of belly, hips and the thighs' tops."""
    weight = anatomy().bone_weight(
        "Hips", "LHipJoint", "RHipJoint", "LowerBack", "Spine", "LeftUpLeg", "RightUpLeg"
    )
    height = anatomy().rest[BODY, 2]
    return np.flatnonzero((weight[BODY] > 0.6) & (height > 0.42) & (height < 0.74))
