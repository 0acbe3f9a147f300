"""Arms of a retargeted motion, kept out of a body that is stouter than the captured one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.people.anatomy import BODY, BONES, PARENTS, anatomy
from vidsynth.people.body import BodyShape

# Metres from an arm's middle to the trunk's skin: it may brush the clothes, not sink into them.
_ROOM = 0.015
_STEP, _MOST = np.radians(1.5), np.radians(12.0)
_SAMPLED, _TOUCHING = 48, 0.03
_SLICE = 0.04


def stand_off(rotations: np.ndarray, shape: BodyShape) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with each upper arm turned outwards by the least angle, the same all
    the time, at which elbow, forearm and hand stay out of the trunk; by none on a slim body, nor
    where no such angle does: hands are then meant to touch."""
    rotations = rotations.copy()
    some = slice(None, None, max(1, len(rotations) // _SAMPLED))
    for side, sign in (("Left", -1.0), ("Right", 1.0)):
        arm = BONES.index(f"{side}Arm")
        for angle in np.arange(0.0, _MOST + _STEP, _STEP):
            turn = Rotation.from_euler("y", sign * angle).as_matrix()
            tried = rotations[some].copy()
            tried[:, arm] = turn @ tried[:, arm]
            if _touching(tried, shape, side) <= _TOUCHING:
                rotations[:, arm] = turn @ rotations[:, arm]
                break
    return rotations


def _touching(rotations: np.ndarray, shape: BodyShape, side: str) -> float:
    """Share of moments in which the arm reaches into the trunk."""
    heads = shape.heads
    places, turns = [np.tile(heads[0], (len(rotations), 1))], [rotations[:, 0]]
    for bone in range(1, len(BONES)):
        parent = PARENTS[bone]
        places.append(places[parent] + turns[parent] @ (heads[bone] - heads[parent]))
        turns.append(turns[parent] @ rotations[:, bone])
    elbow, wrist, knuckles = (
        places[BONES.index(side + part)] for part in ("ForeArm", "Hand", "FingerBase")
    )
    low, centre, half = _trunk(shape)
    inside = np.zeros(len(rotations), bool)
    for point in (elbow, (elbow + wrist) / 2, wrist, knuckles):
        # Where the point would be, had the trunk not moved.
        back = BONES.index("LowerBack")
        rest = np.einsum("tji,tj->ti", turns[back], point - places[back]) + heads[back]
        level = np.floor((rest[:, 2] - low) / _SLICE).astype(int)
        within = (level >= 0) & (level < len(half))
        level = np.clip(level, 0, len(half) - 1)
        across = (rest[:, :2] - centre[level]) / (half[level] + _ROOM)
        inside |= within & (np.linalg.norm(across, axis=1) < 1)
    return float(inside.mean())


def _trunk(shape: BodyShape) -> tuple[float, np.ndarray, np.ndarray]:
    """The trunk at rest in slices: the lowest's height, middles (S, 2) and half axes (S, 2)."""
    points = shape.vertices[BODY][_trunk_rows()]
    low = float(points[:, 2].min())
    level = ((points[:, 2] - low) / _SLICE).astype(int)
    ends = [
        (points[level == k, :2].min(0), points[level == k, :2].max(0))
        for k in range(level.max() + 1)
        if (level == k).sum() > 3
    ]
    lowest, highest = (np.array(side) for side in zip(*ends, strict=True))
    return low, (lowest + highest) / 2, (highest - lowest) / 2


@lru_cache(maxsize=1)
def _trunk_rows() -> np.ndarray:
    """Vertices of belly, hips and the thighs' tops."""
    weight = anatomy().bone_weight(
        "Hips", "LHipJoint", "RHipJoint", "LowerBack", "Spine", "LeftUpLeg", "RightUpLeg"
    )
    height = anatomy().rest[BODY, 2]
    return np.flatnonzero((weight[BODY] > 0.6) & (height > 0.42) & (height < 0.74))
