"""Levels the feet of a retargeted motion where they stand, and lifts toes that drag elsewhere.

Captured feet are shorter than ours and hang from an ankle at another height: with the direction of
the file's bones alone, heels or toes would hover and swinging toes go through the ground.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES, TIGHTS, anatomy
from vidsynth.body.model import BodyShape, body_model
from vidsynth.body.skeleton import turn_of

SIDES = ("Left", "Right")

# Radians a foot may be tipped: someone on tiptoe stays there.
_LEVELLED, _MOST_CLEAR = (-0.3, 0.3), 0.6
_MARGIN = 0.006
# Metres by which a tipped foot's toes rise per radian, over stature: less when it points down.
_REACH, _PASSES = 0.08, 6
_SWINGING = 0.3


def level_feet(rotations: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Rotations (T, 31, 3, 3) with feet and toes level, on average, where they stand.

    Each foot is tipped by one angle at all times. ``flat`` (T, 2): when left and right stand.
    """
    rotations = rotations.copy()
    for side, moments in zip(SIDES, flat.T, strict=True):
        if not moments.any():
            continue
        for bone in (f"{side}Foot", f"{side}ToeBase"):
            # At rest soles are level; first the roll, about the foot's length, then the pitch.
            for axis, along in (("y", [1.0, 0.0, 0.0]), ("x", [0.0, -1.0, 0.0])):
                rise = np.arcsin(np.clip(turn_of(rotations[moments], bone) @ along, -1, 1)[:, 2])
                angle = np.clip(float(np.median(rise)), *_LEVELLED)
                _tip(rotations, bone, np.full(len(rotations), angle), axis)
    return rotations


def lift_swinging_feet(
    rotations: np.ndarray, shape: BodyShape, planted: np.ndarray, pace: float
) -> np.ndarray:
    """Rotations (T, 31, 3, 3) of a loop with no swinging foot below the standing one.

    It is turned up as far as that takes. ``planted`` (T, 2) from 0 to 1: how surely left and right
    stand; ``pace``: moments per second.
    """
    swinging = (planted < _SWINGING) & (planted[:, ::-1] > planted)
    reach = _REACH * shape.stature
    spread = 1 + 2 * round(0.03 * pace)
    angles, turned = np.zeros_like(planted), rotations
    for _ in range(_PASSES):
        lowest = np.stack([side[..., 2].min(1) for side in soles(shape, turned)], 1)
        depth = np.where(swinging, lowest[:, ::-1] - lowest + _MARGIN, 0)
        if depth.max(initial=0) <= 0.5 * _MARGIN:
            break
        angles = np.clip(angles + np.maximum(depth, 0) / reach, 0, _MOST_CLEAR)
        turned = rotations.copy()
        for k, side in enumerate(SIDES):
            up = gaussian_filter1d(
                maximum_filter1d(angles[:, k], spread, mode="wrap"), 0.03 * pace, mode="wrap"
            )
            _tip(turned, f"{side}Foot", -up)
    return turned


def soles(shape: BodyShape, rotations: np.ndarray) -> list[np.ndarray]:
    """Vertices (T, S, 3) under the left and the right foot, metres, hips at the origin."""
    rest = anatomy().rest
    rows = np.arange(TIGHTS.start, TIGHTS.stop)
    rows = rows[rest[rows, 2] < 0.02]
    points = body_model().pose(shape, rotations, rows).astype(float)
    left = rest[rows, 0] > 0
    return [points[:, left], points[:, ~left]]


def _tip(rotations: np.ndarray, bone: str, angle: np.ndarray, axis: str = "x") -> None:
    """Turns a bone (T,) radians in place: about x its front goes down, about y its left."""
    number = BONES.index(bone)
    turn = Rotation.from_euler(axis, angle[:, None]).as_matrix()
    rotations[:, number] = rotations[:, number] @ turn
