"""What arms and head do with a phone, a bag, an umbrella or a pocket while the legs walk on.

Pure functions over joint rotations, of a gait or of a captured motion alike: a hand is led to where
the thing is by solving shoulder and elbow for it, so that it gets there on every body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BODY, BONES, PARENTS, anatomy
from vidsynth.body.fingers import THUMB, fingers
from vidsynth.body.model import BodyShape
from vidsynth.people.person import Posture

ARMS = ("swing", "aside", "carry", "look", "call", "umbrella", "strap", "pocket")
"""As by the motion; a little away from a bag at the hip; hanging straight with a bag in the hand;
the forearm raised to look at a phone; the hand at the ear; an umbrella held upright; the hand on
the strap of a backpack; in the pocket."""

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
    "umbrella": _Reach("Arm", (-0.030, -0.125, -0.115), (0.3, 0.5, -1), (-0.25, -0.90, 0.30),
                       (-1, 0, 0)),
    "strap": _Reach("Arm", (-0.018, -0.108, -0.070), (0.5, 0.1, -1), (-0.40, 0.05, 0.95),
                    (-0.25, 0.95, 0)),
    "pocket": _Reach("hip", (-0.012, -0.042, 0.032), (0.45, 1, 0), (-0.22, -0.20, -0.95),
                     (-0.95, 0, 0.3)),
}  # fmt: skip


def hold(rotations: np.ndarray, posture: Posture, shape: BodyShape) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with the arms, and the head of who looks at a phone, as the posture
    has them. Legs and trunk are left alone."""
    if posture == Posture():
        return rotations
    rotations = np.array(rotations, float)
    if "look" in (posture.left, posture.right):
        for name, angle in _BOW.items():
            bow = Rotation.from_euler("x", angle, degrees=True).as_matrix()
            rotations[:, BONES.index(name)] = rotations[:, BONES.index(name)] @ bow
    skeleton = _Skeleton(rotations, shape)
    for side, arm in (("Left", posture.left), ("Right", posture.right)):
        sign = 1.0 if side == "Left" else -1.0
        bone = BONES.index(f"{side}Arm")
        if arm == "aside":
            out = Rotation.from_euler("y", -sign * _ASIDE).as_matrix()
            rotations[:, bone] = out @ rotations[:, bone]
        elif arm == "carry":
            _lead(rotations, skeleton, side, *_hanging(skeleton, side))
        elif arm != "swing":
            _lead(rotations, skeleton, side, *_reaching(skeleton, side, _REACHES[arm]))
    return rotations


class _Skeleton:
    """World rotations ``turns`` and places ``spots`` of the bones, T moments each."""

    def __init__(self, rotations: np.ndarray, shape: BodyShape) -> None:
        self.heads = shape.heads
        self.vertices = shape.vertices
        self.stature = float(np.ptp(shape.vertices[BODY, 2]))
        self.turns, self.spots = [rotations[:, 0]], [np.zeros((len(rotations), 3))]
        for bone in range(1, len(BONES)):
            above = PARENTS[bone]
            step = self.heads[bone] - self.heads[above]
            self.spots.append(self.spots[above] + self.turns[above] @ step)
            self.turns.append(self.turns[above] @ rotations[:, bone])

    def head(self, name: str) -> np.ndarray:
        return self.heads[BONES.index(name)]

    def spot(self, name: str) -> np.ndarray:
        return self.spots[BONES.index(name)]

    def turn(self, name: str) -> np.ndarray:
        return self.turns[BONES.index(name)]

    def carried(self, name: str, point: np.ndarray) -> np.ndarray:
        """(T, 3) where a point of the rest pose goes with a bone."""
        return self.spot(name) + self.turn(name) @ (point - self.head(name))


Aim = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Of T moments: the wrist's place, and the ways that elbow, fingers and palm point."""


def _reaching(skeleton: _Skeleton, side: str, reach: _Reach) -> Aim:
    mirror = np.array([1.0 if side == "Left" else -1.0, 1, 1])
    size = skeleton.stature
    # The chest leads the hand: what the forearm sways of itself it sways little with a thing.
    carrier = "Hips" if reach.near == "hip" else "Spine1"
    if reach.near == "hip":
        near = skeleton.carried(carrier, _hip(skeleton, side))
    elif reach.near == "ear":
        near = skeleton.carried("Head", skeleton.vertices[_ears()[side]])
    else:
        near = skeleton.spot(f"{side}Arm")
    turn = skeleton.turn(carrier)
    wrist = near + turn @ (mirror * reach.wrist * size)
    own = np.einsum("tji,tj->ti", turn, skeleton.spot(f"{side}Hand") - near)
    if reach.near == "Arm":
        wrist = wrist + _SHAKE * np.einsum("tij,tj->ti", turn, own - own.mean(0))
    ways = (turn @ (mirror * way) for way in (reach.elbow, reach.fingers, reach.palm))
    return (wrist, *ways)


def _hanging(skeleton: _Skeleton, side: str) -> Aim:
    """An arm stretched by what its hand carries."""
    mirror = np.array([1.0 if side == "Left" else -1.0, 1, 1])
    turn, shoulder = skeleton.turn("Spine1"), skeleton.spot(f"{side}Arm")
    own = np.einsum("tji,tj->ti", turn, skeleton.spot(f"{side}Hand") - shoulder)
    mean = own.mean(0)
    # Bags keep clear of the thigh.
    mean = np.array([mean[0] + mirror[0] * 0.015 * skeleton.stature, 0.25 * mean[1], mean[2]])
    way = mean + _CARRY_SWING * (own - own.mean(0))
    way *= skeleton.stature / np.linalg.norm(way, axis=1, keepdims=True)
    down = np.einsum("tij,tj->ti", turn, way)
    elbow, palm = (turn @ (mirror * v) for v in ((0.2, 1.0, 0.0), (-1.0, 0.0, 0.0)))
    return shoulder + down, elbow, down, palm


def _lead(
    rotations: np.ndarray,
    skeleton: _Skeleton,
    side: str,
    wrist: np.ndarray,
    elbow: np.ndarray,
    fingers: np.ndarray,
    palm: np.ndarray,
) -> None:
    """Turn shoulder, elbow and wrist of one arm, in place, so that the hand gets there."""
    arm, fore, hand = (BONES.index(side + part) for part in ("Arm", "ForeArm", "Hand"))
    heads = skeleton.heads
    upper, lower = heads[fore] - heads[arm], heads[hand] - heads[fore]
    a, b = float(np.linalg.norm(upper)), float(np.linalg.norm(lower))
    shoulder = skeleton.spots[arm]
    gap = np.linalg.norm(wrist - shoulder, axis=1, keepdims=True)
    ahead = (wrist - shoulder) / np.maximum(gap, 1e-9)
    # An elbow neither locks nor folds flat.
    reach = np.clip(
        gap, np.sqrt(a * a + b * b - 2 * a * b * np.cos(np.radians(33))), 0.993 * (a + b)
    )
    cosine = np.clip((a * a + reach**2 - b * b) / (2 * a * reach), -1, 1)
    aside = _unit(elbow - (elbow * ahead).sum(1, keepdims=True) * ahead)
    up = cosine * ahead + np.sqrt(1 - cosine**2) * aside
    down = _unit(reach * ahead - a * up)
    turned = _axes(up, np.cross(up, down)) @ _axes(upper, np.cross(upper, lower)).T
    bent = _axes(down, np.cross(up, down)) @ _axes(lower, np.cross(upper, lower)).T
    points, faces = hand_axes(skeleton.heads, skeleton.vertices, side)
    laid = _axes(fingers, np.cross(fingers, palm)) @ _axes(points, np.cross(points, faces)).T
    # Half of the hand's twist is the forearm's, as with radius and ulna.
    own = Rotation.from_matrix(bent.swapaxes(-1, -2) @ laid).as_quat()
    along = own[:, :3] @ _unit(lower)
    twist = 2 * np.arctan2(along, own[:, 3])
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    half = Rotation.from_rotvec(0.5 * twist[:, None] * _unit(lower)).as_matrix()
    bent = bent @ half
    rotations[:, arm] = skeleton.turns[PARENTS[arm]].swapaxes(-1, -2) @ turned
    rotations[:, fore] = turned.swapaxes(-1, -2) @ bent
    rotations[:, hand] = bent.swapaxes(-1, -2) @ laid


def hand_axes(heads: np.ndarray, vertices: np.ndarray, side: str) -> tuple[np.ndarray, np.ndarray]:
    """The ways a hand's fingers and its palm point at rest, for a body's joints (31, 3) and
    vertices (V, 3)."""
    # The joint's own vertices stay where they are when the thumb is bent.
    wrist = heads[BONES.index(f"{side}Hand")]
    ahead = heads[BONES.index(f"{side}HandFinger1")] - wrist
    thumb = vertices[fingers()[side][THUMB].joints[2]].mean(0) - wrist
    sign = 1.0 if side == "Left" else -1.0
    return _unit(ahead), _unit(sign * np.cross(ahead, thumb))


def _axes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Frames (..., 3, 3) whose columns are ``first``, what of ``second`` is square to it, and the
    third."""
    x = _unit(first)
    y = _unit(second - (second * x).sum(-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], -1)


def _unit(way: np.ndarray) -> np.ndarray:
    unit: np.ndarray = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-12)
    return unit


def _hip(skeleton: _Skeleton, side: str) -> np.ndarray:
    """The body's side at the height of a pocket, at rest."""
    rows = _trunk_rows()
    joint = skeleton.head(f"{side}UpLeg")
    level = rows[np.abs(skeleton.vertices[rows, 2] - joint[2] - 0.03 * skeleton.stature) < 0.03]
    width = np.abs(skeleton.vertices[level, 0]).max()
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
