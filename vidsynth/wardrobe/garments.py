"""Garments cut out of the helper shells, each a piece of cloth with its own stand-off.

Cuts are made on the average body, in statures, so that a hem lies at the same place of every
body. Recipe: tights give tops and trousers, the skirt helper gives shirt tails, skirts and coats.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cloth import Cloth, nothing, trimmed
from vidsynth.wardrobe.cutting import Piece, compact, cut, join, rings, sew, shell
from vidsynth.wardrobe.footwear import sandal, shoe
from vidsynth.wardrobe.hood import hood
from vidsynth.wardrobe.open_front import opened
from vidsynth.wardrobe.records import Garment

SLEEVELESS = 0.05
"""A shorter sleeve than this is none: the armhole lies on the shoulder."""

_ARM = 0.25
"""Share of a vertex that follows the arm's bones, from which on it is of the arm."""
_ARMS = ("LeftArm", "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand")


@lru_cache(maxsize=4)
def _helper(group: str) -> Piece:
    body = at.anatomy()
    return shell(body.rest, body.triangles[group])


def arm_parameter(piece: Piece) -> np.ndarray:
    """(N,) how far along the arm a vertex lies: 0 at the shoulder joint, 1 at the wrist, below 0
    on the trunk."""
    return np.where(_armness(piece) > _ARM, _along_arm(piece), -0.2)


def _armness(piece: Piece) -> np.ndarray:
    return piece.field(at.anatomy().bone_weight(*_ARMS))


def arm_joints() -> np.ndarray:
    """(3, 3) the left shoulder, elbow and wrist of the average body, statures."""
    names = ("LeftArm", "LeftForeArm", "LeftHand")
    return np.asarray(at.anatomy().heads[[at.BONES.index(name) for name in names]])


def _along_arm(piece: Piece) -> np.ndarray:
    shoulder, elbow, wrist = arm_joints()
    mirrored = np.column_stack([np.abs(piece.rest[:, 0]), piece.rest[:, 1:]])

    def along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (mirrored - a) @ (b - a) / ((b - a) @ (b - a))

    upper, fore = along(shoulder, elbow), along(elbow, wrist)
    return np.where(upper < 1, 0.5 * upper, 0.5 + 0.5 * np.maximum(fore, 0))


def sleeve_reach(sleeve: float) -> float:
    """Where on the arm a sleeve ends, as ``arm_parameter`` counts: 0.5 is the elbow."""
    return max(sleeve, SLEEVELESS) * 0.97


def top(hem: float, sleeve: float, neck: float) -> Cloth:
    """A shirt, jacket, coat or dress: a tube to the waist, sleeves, and what hangs from it.

    ``hem`` height over stature, below the waist; ``sleeve`` 0 none to 1 the wrist; ``neck`` height
    of the collar line at the back, over stature.
    """
    trunk = _helper("tights")
    trunk = cut(trunk, trunk.rest[:, 2] - 0.57)
    # Both fields are smooth where they cross, and so is the armhole.
    trunk = cut(trunk, np.maximum(sleeve_reach(sleeve) - _along_arm(trunk), _ARM - _armness(trunk)))
    if sleeve < SLEEVELESS:
        aside = at.ARMHOLE - np.abs(trunk.rest[:, 0])
        trunk = cut(trunk, np.maximum(aside, at.ARMPIT - trunk.rest[:, 2]))
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


def with_hood(sewn: Cloth) -> Cloth:
    """A hoodie: a top and its hood, lying on the back."""
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
    armness = _armness(piece)
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
        sewn = coat(garment.length, garment.sleeve)
    elif kind == "dress":
        sewn = gown(garment.length, garment.sleeve)
    else:
        neck = {"jacket": 0.868, "shirt": 0.868, "hoodie": 0.856}.get(kind, 0.848)
        sewn = top(hem, garment.sleeve, neck)
    if garment.open:
        sewn = opened(sewn, garment.open)
    return with_hood(sewn) if kind == "hoodie" else sewn


def sew_inner(garment: Garment) -> Cloth:
    """Of a top worn under an open one what shows: its front, without sleeves."""
    if garment.kind == "none":
        return nothing()
    sewn = _sew_upper(replace(garment, sleeve=0.0))
    x, y, z = sewn.piece.rest.T
    # At the shoulders the two layers would lie one in the other.
    wide = np.interp(z, (0.72, 0.80), (0.1, 0.06))
    return trimmed(sewn, np.minimum(0.015 - y, wide - np.abs(x)))
