"""Garments cut out of the helper shells, each a piece of cloth with its own stand-off.

Cuts are made on the average body, in statures, so that a hem lies at the same place of every
body. Recipe: tights give tops and trousers, the skirt helper gives shirt tails, skirts and coats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vidsynth.people import anatomy as at
from vidsynth.people.cutting import Piece, compact, cut, hem_lips, join, rings, sew, shell, smoothing
from vidsynth.people.person import Garment

_ARMS = ("LeftArm", "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand")
_LEGS = ("LeftUpLeg", "LeftLeg", "LeftFoot", "RightUpLeg", "RightLeg", "RightFoot")


@dataclass(frozen=True, eq=False)
class Cloth:
    """A sewn garment. ``stand_off`` (N,) metres between body and cloth before looseness shapes
    it; ``drape`` (N,) 0 where cloth hugs the body, 1 where it may hang free of it."""

    piece: Piece
    stand_off: np.ndarray
    drape: np.ndarray


@lru_cache(maxsize=4)
def _helper(group: str) -> Piece:
    body = at.anatomy()
    return shell(body.rest, body.triangles[group])


def arm_parameter(piece: Piece) -> np.ndarray:
    """(N,) how far along the arm a vertex lies: 0 at the shoulder joint, 1 at the wrist, below 0
    on the trunk."""
    body = at.anatomy()
    armness = piece.field(body.bone_weight(*_ARMS))
    shoulder, elbow, wrist = (
        body.heads[at.BONES.index(name)] for name in ("LeftArm", "LeftForeArm", "LeftHand")
    )
    mirrored = piece.rest * [1, 1, 1]
    mirrored[:, 0] = np.abs(mirrored[:, 0])

    def along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (mirrored - a) @ (b - a) / ((b - a) @ (b - a))

    upper, fore = along(shoulder, elbow), along(elbow, wrist)
    parameter = np.where(upper < 1, 0.5 * upper, 0.5 + 0.5 * np.maximum(fore, 0))
    return np.where(armness > 0.25, parameter, -0.2)


def top(hem: float, sleeve: float, neck: float, open_front: bool = False) -> Cloth:
    """A shirt, jacket or dress body: a tube to the waist, sleeves, and a tail hanging from it.

    ``hem`` height over stature; ``sleeve`` 0 none to 1 the wrist; ``neck`` height of the collar
    line at the back, over stature.
    """
    trunk = _helper("tights")
    trunk = cut(trunk, trunk.rest[:, 2] - max(hem, 0.57))
    trunk = cut(trunk, max(sleeve, 0.12) * 0.97 - arm_parameter(trunk))
    # The neck line dips at the front.
    front = np.clip(-(trunk.rest[:, 1] + 0.01) / 0.06, 0, 1)
    near = np.abs(trunk.rest[:, 0]) < 0.075
    line = neck - 0.022 * front
    trunk = cut(trunk, np.where(near, line - trunk.rest[:, 2], 0.05))
    piece = trunk
    if hem < 0.57:
        tail = _helper("skirt")
        tail = cut(tail, 0.565 - tail.rest[:, 2])
        tail = cut(tail, tail.rest[:, 2] - hem)
        piece = join(trunk, tail)
        waist = [
            loop
            for loop in rings(piece)
            if np.ptp(piece.rest[loop, 2]) < 0.004 and 0.56 < piece.rest[loop[0], 2] < 0.575
        ]
        piece = sew(piece, *sorted(waist, key=lambda loop: -piece.rest[loop[0], 2]))
    if open_front:
        front = (np.abs(piece.rest[:, 0]) < 0.03) & (piece.rest[:, 1] < 0)
        gap = np.where(piece.rest[:, 1] < 0, np.abs(piece.rest[:, 0]) - 0.018, 0.05)
        piece = cut(piece, gap) if front.any() else piece
    height, arm = piece.rest[:, 2], arm_parameter(piece)
    drape = np.interp(height, (0.5, 0.6, 0.72, 0.78), (1, 1, 0.6, 0.0))
    drape = np.where(arm > 0.1, 0.45, drape)
    # Tighter at the neck so that a collar lies on it.
    stand_off = np.interp(height, (0.80, 0.86), (1.0, 0.45))
    return Cloth(piece, stand_off, drape)


def trousers(length: float) -> Cloth:
    """Trousers, jeans, shorts: ``length`` 0 mid-thigh to 1 over the shoe."""
    hem = np.interp(length, (0, 0.45, 1), (0.40, at.KNEE, 0.03))
    piece = _helper("tights")
    piece = cut(piece, at.WAIST - piece.rest[:, 2])
    armness = piece.field(at.anatomy().bone_weight(*_ARMS))
    piece = compact(piece, piece.triangles[(armness[piece.triangles] < 0.5).all(1)])
    piece = cut(piece, piece.rest[:, 2] - hem)
    drape = np.interp(piece.rest[:, 2], (0.30, 0.50, 0.56), (1, 0.6, 0))
    return Cloth(piece, np.ones(len(drape)), drape)


def skirt(length: float) -> Cloth:
    """A skirt: ``length`` 0 mid-thigh to 1 the ankle."""
    piece = _helper("skirt")
    hem = float(np.interp(length, (0, 0.4, 1), (0.39, at.KNEE, 0.09)))
    piece = cut(piece, piece.rest[:, 2] - hem)
    return Cloth(piece, np.ones(len(piece.rest)), np.interp(piece.rest[:, 2], (0.3, 0.6), (0.3, 0)))


def shoes(height: float) -> Cloth:
    """Shoes up to ``height`` over stature."""
    piece = _helper("tights")
    piece = cut(piece, height - piece.rest[:, 2])
    return Cloth(piece, np.ones(len(piece.rest)), np.zeros(len(piece.rest)))


UPPER_KINDS = ("t-shirt", "long-sleeve", "shirt", "hoodie", "jacket", "tank-top")
LOWER_KINDS = ("trousers", "jeans", "shorts", "skirt", "leggings")
SHOE_KINDS = ("shoes", "sneakers", "boots")


def sew_garment(garment: Garment) -> Cloth:
    """The cloth for a garment's kind and lengths."""
    kind = garment.kind
    if kind in UPPER_KINDS:
        hem = 0.535 - 0.085 * garment.length
        neck = 0.868 if kind in ("hoodie", "jacket", "shirt") else 0.845
        return top(hem, garment.sleeve, neck)
    if kind == "skirt":
        return skirt(garment.length)
    if kind in LOWER_KINDS:
        return trousers(garment.length)
    return shoes(0.075 if kind == "boots" else 0.045)


def finish(cloth: Cloth, rounds: int) -> Cloth:
    """Relax the cloth off the body's details and fold its hems."""
    piece = cloth.piece
    operator = smoothing(piece, rounds)
    relaxed = Piece((operator @ piece.weights).tocsr(), piece.rest, piece.triangles)
    folded, stand_off = hem_lips(relaxed, cloth.stand_off)
    extra = len(stand_off) - len(cloth.stand_off)
    drape = np.concatenate([cloth.drape, np.zeros(extra)])
    return Cloth(folded, stand_off, drape)
