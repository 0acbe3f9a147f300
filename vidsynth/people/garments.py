"""Garments cut out of the helper shells, each a piece of cloth with its own stand-off.

Cuts are made on the average body, in statures, so that a hem lies at the same place of every
body. Recipe: tights give tops and trousers, the skirt helper gives shirt tails, skirts and coats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import sparse

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
from vidsynth.people.footwear import sandal, shoe
from vidsynth.people.hood import hood
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
    """A shirt, jacket, coat or dress: a tube to the waist, sleeves, and what hangs from it.

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


def coat(length: float, sleeve: float) -> Cloth:
    """A coat: ``length`` 0 above the knee to 1 the calf."""
    sewn = top(float(np.interp(length, (0, 1), (0.30, 0.14))), sleeve, 0.868)
    height = sewn.piece.rest[:, 2]
    # Below the hips it hangs from them and widens.
    flare = np.interp(height, (0.14, 0.45), (0.8, 0.0))
    return replace(sewn, stand_off=sewn.stand_off + flare)


def gown(length: float, sleeve: float) -> Cloth:
    """A dress: close at the waist; ``length`` 0 mid-thigh to 1 the ankle."""
    sewn = top(_skirt_hem(length), sleeve, 0.842)
    height, arm = sewn.piece.rest[:, 2], arm_parameter(sewn.piece)
    flare = np.interp(height, (0.12, 0.5, 0.58, 0.64, 0.70), (1.6, 0.5, 0.0, -0.35, 0.0))
    waisted = np.interp(height, (0.45, 0.56, 0.66, 0.74), (1.0, 0.25, 0.1, 0.5))
    return replace(
        sewn,
        stand_off=sewn.stand_off + np.where(arm < 0.1, flare, 0),
        drape=np.where(arm < 0.1, sewn.drape * waisted, sewn.drape),
    )


def hooded(hem: float, sleeve: float) -> Cloth:
    """A hoodie: a top and its hood, lying on the back."""
    sewn = top(hem, sleeve, 0.856)
    sack, padding = hood(_helper("tights"))
    return Cloth(
        join(sewn.piece, sack),
        np.concatenate([sewn.stand_off, padding]),
        np.concatenate([sewn.drape, np.zeros(len(padding))]),
    )


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


def _skirt_hem(length: float) -> float:
    return float(np.interp(length, (0, 0.4, 1), (0.39, at.KNEE, 0.09)))


def skirt(length: float) -> Cloth:
    """A skirt: ``length`` 0 mid-thigh to 1 the ankle."""
    piece = _helper("skirt")
    piece = cut(piece, piece.rest[:, 2] - _skirt_hem(length))
    return Cloth(piece, np.ones(len(piece.rest)), np.interp(piece.rest[:, 2], (0.3, 0.6), (0.3, 0)))


UPPER_KINDS = (
    "t-shirt", "long-sleeve", "shirt", "sweater", "jacket", "tank-top", "hoodie", "coat", "dress",
)  # fmt: skip
LOWER_KINDS = ("trousers", "jeans", "shorts", "skirt", "leggings", "suit-trousers", "none")
"""``none``, bare legs, is worn under a dress alone."""
SHOE_KINDS = ("shoes", "sneakers", "boots", "sandals")


def sew_garment(garment: Garment) -> Cloth:
    """The cloth for a garment's kind and lengths. ValueError: it is none of the kinds."""
    kind = garment.kind
    if kind in UPPER_KINDS:
        return _sew_upper(garment)
    if kind == "none":
        return nothing()
    if kind == "skirt":
        return skirt(garment.length)
    if kind in LOWER_KINDS:
        return trousers(garment.length)
    if kind not in SHOE_KINDS:
        raise ValueError(f"Expected one of the kinds of garments, found {kind!r}.")
    feet = _helper("tights")
    piece, stand_off = (
        sandal(feet) if kind == "sandals" else shoe(feet, 0.075 if kind == "boots" else 0.045)
    )
    return Cloth(piece, stand_off, np.zeros(len(stand_off)))


def _sew_upper(garment: Garment) -> Cloth:
    kind, hem = garment.kind, 0.535 - 0.085 * garment.length
    if kind == "coat":
        return coat(garment.length, garment.sleeve)
    if kind == "dress":
        return gown(garment.length, garment.sleeve)
    if kind == "hoodie":
        return hooded(hem, garment.sleeve)
    return top(hem, garment.sleeve, 0.868 if kind in ("jacket", "shirt") else 0.848)


def nothing() -> Cloth:
    """What is worn where nothing is."""
    none = np.zeros(0)
    empty = sparse.csr_matrix((0, at.VERTICES))
    return Cloth(Piece(empty, np.zeros((0, 3)), np.zeros((0, 3), np.int64)), none, none)


def finish(cloth: Cloth, rounds: int) -> Cloth:
    """Relax the cloth off the body's details and fold its hems."""
    piece = cloth.piece
    if not len(piece.rest):
        return cloth
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
