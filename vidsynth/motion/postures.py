"""Arms and head of who holds a phone, a bag, an umbrella or has a hand in a pocket.

Pure functions over the rotations of a gait or of a captured motion: shoulder and elbow are solved
so that the hand gets to where the thing is, on every body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BODY, BONES, PARENTS, anatomy
from vidsynth.body.hands import hand_axes
from vidsynth.body.model import BodyShape
from vidsynth.body.posture import Posture
from vidsynth.body.skeleton import Skeleton, posed
from vidsynth.geometry.vectors import frames, unit

_ASIDE = np.radians(9.0)
_CARRY_SWING, _SHAKE = 0.35, 0.05
_BOW = {"Neck": 12.0, "Head": 14.0}
"""Degrees that somebody bows who looks at a phone."""


@dataclass(frozen=True)
class _Reach:
    """Where a hand is led, for the left side (x towards the left, -y ahead, z up), statures:
    ``wrist`` from ``near``; ``elbow`` the way it points; ``fingers`` and ``palm`` point there."""

    near: str
    wrist: tuple[float, float, float]
    elbow: tuple[float, float, float]
    fingers: tuple[float, float, float]
    palm: tuple[float, float, float]


_REACHES = {
    "look": _Reach("Arm", (-0.055, -0.165, -0.085), (0.4, 0.3, -1), (-0.45, -0.45, 0.75),
                   (-0.15, 0.8, 0.55)),
    "call": _Reach("ear", (0.047, -0.052, -0.052), (0.6, -0.80, -0.7), (-0.40, 0.40, 0.80),
                   (-0.9, 0.1, -0.3)),
    "umbrella": _Reach("Arm", (-0.008, -0.125, -0.115), (0.3, 0.5, -1), (-0.25, -0.90, 0.30),
                       (-1, 0, 0)),
    "strap": _Reach("Arm", (-0.018, -0.108, -0.070), (0.5, 0.1, -1), (-0.40, 0.05, 0.95),
                    (-0.25, 0.95, 0)),
    "pocket": _Reach("hip", (-0.012, -0.042, 0.032), (0.45, 1, 0), (-0.22, -0.20, -0.95),
                     (-0.95, 0, 0.3)),
}  # fmt: skip


def apply_posture(rotations: np.ndarray, posture: Posture, shape: BodyShape) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with the arms as the posture has them.

    Who looks at a phone bows the head too. Legs and trunk stay.
    """
    if posture == Posture():
        return rotations
    rotations = np.array(rotations, float)
    if "look" in (posture.left, posture.right):
        for name, angle in _BOW.items():
            bow = Rotation.from_euler("x", angle, degrees=True).as_matrix()
            rotations[:, BONES.index(name)] = rotations[:, BONES.index(name)] @ bow
    skeleton = posed(rotations, shape.heads)
    for side, arm in (("Left", posture.left), ("Right", posture.right)):
        sign = 1.0 if side == "Left" else -1.0
        bone = BONES.index(f"{side}Arm")
        if arm == "aside":
            out = Rotation.from_euler("y", -sign * _ASIDE).as_matrix()
            rotations[:, bone] = out @ rotations[:, bone]
        elif arm == "carry":
            _lead(rotations, skeleton, shape, side, _hanging(skeleton, shape, side))
        elif arm != "swing":
            aim = _reaching(skeleton, shape, side, _REACHES[arm])
            _lead(rotations, skeleton, shape, side, aim)
    return rotations


Aim = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Of T moments: the wrist's place, and the ways that elbow, fingers and palm point."""


def _reaching(skeleton: Skeleton, shape: BodyShape, side: str, reach: _Reach) -> Aim:
    mirror = np.array([1.0 if side == "Left" else -1.0, 1, 1])
    size = shape.stature
    # The chest leads the hand: what the forearm sways of itself it sways little with a thing.
    carrier = "Hips" if reach.near == "hip" else "Spine1"
    if reach.near == "hip":
        near = skeleton.carried(carrier, _hip(skeleton, shape, side))
    elif reach.near == "ear":
        near = skeleton.carried("Head", shape.vertices[_ears()[side]])
    else:
        near = skeleton.position(f"{side}Arm")
    turn = skeleton.turn(carrier)
    wrist = near + turn @ (mirror * reach.wrist * size)
    own = np.einsum("tji,tj->ti", turn, skeleton.position(f"{side}Hand") - near)
    if reach.near == "Arm":
        wrist = wrist + _SHAKE * np.einsum("tij,tj->ti", turn, own - own.mean(0))
    ways = (turn @ (mirror * way) for way in (reach.elbow, reach.fingers, reach.palm))
    return (wrist, *ways)


def _hanging(skeleton: Skeleton, shape: BodyShape, side: str) -> Aim:
    """An arm stretched by what its hand carries."""
    mirror = np.array([1.0 if side == "Left" else -1.0, 1, 1])
    turn, shoulder = skeleton.turn("Spine1"), skeleton.position(f"{side}Arm")
    own = np.einsum("tji,tj->ti", turn, skeleton.position(f"{side}Hand") - shoulder)
    mean = own.mean(0)
    # Bags keep clear of the thigh.
    mean = np.array([mean[0] + mirror[0] * 0.015 * shape.stature, 0.25 * mean[1], mean[2]])
    way = mean + _CARRY_SWING * (own - own.mean(0))
    way *= shape.stature / np.linalg.norm(way, axis=1, keepdims=True)
    down = np.einsum("tij,tj->ti", turn, way)
    elbow, palm = (turn @ (mirror * v) for v in ((0.2, 1.0, 0.0), (-1.0, 0.0, 0.0)))
    return shoulder + down, elbow, down, palm


def _lead(rotations: np.ndarray, skeleton: Skeleton, shape: BodyShape, side: str, aim: Aim) -> None:
    """Turn shoulder, elbow and wrist of one arm, in place, so that the hand gets there."""
    wrist, elbow, fingers, palm = aim
    arm, fore, hand = (BONES.index(side + part) for part in ("Arm", "ForeArm", "Hand"))
    heads = skeleton.heads
    upper, lower = heads[fore] - heads[arm], heads[hand] - heads[fore]
    a, b = float(np.linalg.norm(upper)), float(np.linalg.norm(lower))
    shoulder = skeleton.positions[arm]
    gap = np.linalg.norm(wrist - shoulder, axis=1, keepdims=True)
    ahead = (wrist - shoulder) / np.maximum(gap, 1e-9)
    # An elbow neither locks nor folds flat.
    reach = np.clip(
        gap, np.sqrt(a * a + b * b - 2 * a * b * np.cos(np.radians(33))), 0.993 * (a + b)
    )
    cosine = np.clip((a * a + reach**2 - b * b) / (2 * a * reach), -1, 1)
    aside = unit(elbow - (elbow * ahead).sum(1, keepdims=True) * ahead)
    up = cosine * ahead + np.sqrt(1 - cosine**2) * aside
    down = unit(reach * ahead - a * up)
    turned = frames(up, np.cross(up, down)) @ frames(upper, np.cross(upper, lower)).T
    bent = frames(down, np.cross(up, down)) @ frames(lower, np.cross(upper, lower)).T
    points, faces = hand_axes(skeleton.heads, shape.vertices, side)
    laid = frames(fingers, np.cross(fingers, palm)) @ frames(points, np.cross(points, faces)).T
    # Half of the hand's twist is the forearm's, as with radius and ulna.
    own = Rotation.from_matrix(bent.swapaxes(-1, -2) @ laid).as_quat()
    along = own[:, :3] @ unit(lower)
    twist = 2 * np.arctan2(along, own[:, 3])
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    half = Rotation.from_rotvec(0.5 * twist[:, None] * unit(lower)).as_matrix()
    bent = bent @ half
    rotations[:, arm] = skeleton.turns[PARENTS[arm]].swapaxes(-1, -2) @ turned
    rotations[:, fore] = turned.swapaxes(-1, -2) @ bent
    rotations[:, hand] = bent.swapaxes(-1, -2) @ laid


def _hip(skeleton: Skeleton, shape: BodyShape, side: str) -> np.ndarray:
    """The body's side at the height of a pocket, at rest."""
    rows = _trunk_rows()
    joint = skeleton.at_rest(f"{side}UpLeg")
    level = rows[np.abs(shape.vertices[rows, 2] - joint[2] - 0.03 * shape.stature) < 0.03]
    width = np.abs(shape.vertices[level, 0]).max()
    return np.array([width if side == "Left" else -width, joint[1], joint[2]])


@lru_cache(maxsize=1)
def _trunk_rows() -> np.ndarray:
    weight = anatomy().bone_weight("Hips", "LHipJoint", "RHipJoint", "LeftUpLeg", "RightUpLeg")
    return np.flatnonzero(weight[BODY] > 0.6)


@lru_cache(maxsize=1)
def _ears() -> dict[str, int]:
    body = anatomy()
    x = np.where(body.bone_weight("Head")[BODY] > 0.95, body.rest[BODY, 0], 0)
    return {"Left": int(x.argmax()), "Right": int(x.argmin())}
