"""Legs that reach where their feet are wanted: two-bone inverse kinematics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES, PARENTS
from vidsynth.body.skeleton import posed
from vidsynth.geometry.rotations import smallest
from vidsynth.geometry.vectors import unit

SIDES = ("Right", "Left")

# A leg is as long as it gets in the rest pose: knees are hinges that bend one way.
_STRAIGHTEST = np.radians(1.0)


@dataclass(frozen=True, eq=False)
class Feet:
    """Right and left foot over T frames: ``ankles`` (T, 2, 3) metres from the hips' origin and
    ``turns`` (T, 2, 3, 3) from the rest pose."""

    ankles: np.ndarray
    turns: np.ndarray


def find_feet(rotations: np.ndarray, heads: np.ndarray) -> Feet:
    """Where rotations (T, 31, 3, 3) put the feet of a body with joints ``heads`` (31, 3)."""
    legs = posed(rotations, heads, _LEGS)
    feet = [BONES.index(f"{side}Foot") for side in SIDES]
    return Feet(legs.positions[feet].swapaxes(0, 1), legs.turns[feet].swapaxes(0, 1))


def reach_feet(rotations: np.ndarray, heads: np.ndarray, wanted: Feet) -> np.ndarray:
    """The rotations with thighs, knees and feet turned so that the feet are as ``wanted``.

    The knee bends as much as the distance asks for, and the leg is swung by the smallest angle; a
    foot beyond the leg's length is reached for."""
    legs = posed(rotations, heads, _LEGS)
    rotations = rotations.copy()
    for k, side in enumerate(SIDES):
        thigh, knee, foot = (BONES.index(side + bone) for bone in ("UpLeg", "Leg", "Foot"))
        upper, lower = heads[knee] - heads[thigh], heads[foot] - heads[knee]
        away = wanted.ankles[:, k] - legs.positions[thigh]
        bend = _knee(upper, lower, np.linalg.norm(away, axis=1))
        leg = upper + bend @ lower
        above = legs.turns[thigh]
        along = np.einsum("tij,tj->ti", above, leg)
        swung = smallest(unit(along), unit(away)) @ above
        parent = legs.turns[PARENTS[thigh]]
        rotations[:, thigh] = parent.swapaxes(1, 2) @ swung
        rotations[:, knee] = bend
        rotations[:, foot] = (swung @ bend).swapaxes(1, 2) @ wanted.turns[:, k]
    return rotations


def _knee(upper: np.ndarray, lower: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Rotations (T, 3, 3) about x that put hip and ankle ``distance`` (T,) apart."""
    # |upper + Rx(k) lower|^2 = c + 2 (a cos k + b sin k)
    a = upper[1] * lower[1] + upper[2] * lower[2]
    b = upper[2] * lower[1] - upper[1] * lower[2]
    constant = upper @ upper + lower @ lower + 2 * upper[0] * lower[0]
    # The thigh's x and the shank's x do not turn.
    share = (distance**2 - constant) / (2 * np.hypot(a, b))
    straight = np.arctan2(b, a)
    bend = np.maximum(straight + np.arccos(np.clip(share, -1, 1)), _STRAIGHTEST)
    return Rotation.from_euler("x", bend[:, None]).as_matrix()


_LEGS = tuple(
    BONES.index(name)
    for name in (
        "Hips", "LHipJoint", "LeftUpLeg", "LeftLeg", "LeftFoot",
        "RHipJoint", "RightUpLeg", "RightLeg", "RightFoot",
    )
)  # fmt: skip
