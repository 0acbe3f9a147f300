"""Garments cut out of the helper shells, each a piece of cloth with its own stand-off.

Cuts are made on the average body, in statures, so that a hem lies at the same place of every
body. Recipe: tights give tops and trousers, the skirt helper gives shirt tails, skirts and coats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vidsynth.people import anatomy as at
from vidsynth.people.cutting import (
    Piece,
    compact,
    cut,
    hem_lips,
    join,
    rings,
    sew,
    shell,
    smoothing,
)
from vidsynth.people.person import Garment

_ARMS = ("LeftArm", "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand")


@dataclass(frozen=True, eq=False)
class Cloth:
    """A sewn garment. ``stand_off`` (N,) multiplies the garment's looseness (hair: metres);
    ``drape`` (N,) is 0 where cloth hugs the body, 1 where it may hang free of it; ``legs``: it
    wraps each leg by itself; ``sunk`` (N,) statures by which relaxing drew it into the body."""

    piece: Piece
    stand_off: np.ndarray
    drape: np.ndarray
    legs: bool = False
    sunk: np.ndarray | None = None


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
    mirrored = np.column_stack([np.abs(piece.rest[:, 0]), piece.rest[:, 1:]])

    def along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (mirrored - a) @ (b - a) / ((b - a) @ (b - a))

    upper, fore = along(shoulder, elbow), along(elbow, wrist)
    parameter = np.where(upper < 1, 0.5 * upper, 0.5 + 0.5 * np.maximum(fore, 0))
    return np.where(armness > 0.25, parameter, -0.2)


def sleeve_reach(sleeve: float) -> float:
    """Where on the arm a sleeve ends, as ``arm_parameter`` counts: 0.5 is the elbow."""
    return max(sleeve, 0.05) * 0.97


def top(hem: float, sleeve: float, neck: float) -> Cloth:
    """A shirt or jacket: a tube to the waist, sleeves, and a tail hanging from it.

    ``hem`` height over stature, below the waist; ``sleeve`` 0 none to 1 the wrist; ``neck`` height
    of the collar line at the back, over stature.
    """
    trunk = _helper("tights")
    trunk = cut(trunk, trunk.rest[:, 2] - 0.57)
    trunk = cut(trunk, sleeve_reach(sleeve) - arm_parameter(trunk))
    # The neck line dips at the front, and never reaches the shoulders.
    front = np.clip(-(trunk.rest[:, 1] + 0.01) / 0.06, 0, 1)
    line = neck - 0.022 * front
    aside = np.abs(trunk.rest[:, 0]) - 0.056
    trunk = cut(trunk, np.maximum(line - trunk.rest[:, 2], aside))
    tail = _helper("skirt")
    tail = cut(tail, 0.565 - tail.rest[:, 2])
    tail = cut(tail, tail.rest[:, 2] - hem)
    piece = join(trunk, tail)
    # The two shells run side by side here; without the seam a gap of light would show.
    waist = [
        loop
        for loop in rings(piece)
        if np.ptp(piece.rest[loop, 2]) < 0.004 and 0.56 < piece.rest[loop[0], 2] < 0.575
    ]
    piece = sew(piece, *sorted(waist, key=lambda loop: -piece.rest[loop[0], 2]))
    height, arm = piece.rest[:, 2], arm_parameter(piece)
    drape = np.interp(height, (0.5, 0.6, 0.72, 0.78), (1, 1, 0.6, 0.0))
    drape = np.where(arm > 0.1, 0.45, drape)
    # Cloth lies on the shoulders and at the neck, and hangs from there.
    stand_off = np.interp(height, (0.74, 0.80, 0.86), (1.0, 0.5, 0.4))
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
    return Cloth(piece, np.ones(len(drape)), drape, legs=True)


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


UPPER_KINDS = ("t-shirt", "long-sleeve", "shirt", "sweater", "jacket", "tank-top")
LOWER_KINDS = ("trousers", "jeans", "shorts", "skirt", "leggings")
SHOE_KINDS = ("shoes", "sneakers", "boots")


def sew_garment(garment: Garment) -> Cloth:
    """The cloth for a garment's kind and lengths."""
    kind = garment.kind
    if kind in UPPER_KINDS:
        hem = 0.535 - 0.085 * garment.length
        neck = 0.868 if kind in ("jacket", "shirt") else 0.848
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
    # Relaxing draws cloth into convex places (shoulders): remember how far, to push it back out.
    smooth = operator @ piece.rest
    a, b, c = (smooth[piece.triangles[:, k]] for k in range(3))
    normals = np.zeros_like(smooth)
    for k in range(3):
        np.add.at(normals, piece.triangles[:, k], np.cross(b - a, c - a))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    sunk = np.maximum(((piece.rest - smooth) * normals).sum(1), 0)
    folded, edge = hem_lips(relaxed)
    return Cloth(
        folded,
        np.concatenate([cloth.stand_off, np.full(len(edge), 0.15)]),
        np.concatenate([cloth.drape, cloth.drape[edge]]),
        cloth.legs,
        np.concatenate([sunk, sunk[edge]]),
    )
