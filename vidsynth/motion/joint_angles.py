"""A pose in the words of gait analysis, and the rotations of bones that it takes.

Angles are degrees, (T,) or the same all the time. The rest pose of the body is an A-pose with the
feet apart: what turns it into standing upright is added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES

Angle = np.ndarray | float

_ARM_DOWN, _ELBOW_REST, _LEG_IN, _HAND_TURN = 50.0, 38.0, 5.5, 4.0


@dataclass(frozen=True, eq=False)
class Leg:
    """``thigh`` forwards, ``knee`` bend, ``ankle`` toes up, ``inward`` of the whole leg, ``out`` of
    the toes, ``toes`` bent up."""

    thigh: Angle
    knee: Angle
    ankle: Angle
    inward: Angle
    out: Angle
    toes: Angle


@dataclass(frozen=True, eq=False)
class Arm:
    """``swing`` forwards, ``bend`` of the elbow, ``abduction`` from the trunk, ``across`` of the
    forearm in front of the chest."""

    swing: Angle
    bend: Angle
    abduction: Angle
    across: Angle = 0.0


@dataclass(frozen=True, eq=False)
class Pose:
    """``yaw`` and ``tilt`` of the hips, which the spine undoes, ``lean`` of the trunk forwards,
    ``nod`` and ``look`` of the head downwards and to the left, ``breath`` of the chest backwards;
    ``legs`` and ``arms`` by side."""

    yaw: Angle
    tilt: Angle
    lean: Angle
    nod: Angle
    legs: Mapping[str, Leg]
    arms: Mapping[str, Arm]
    look: Angle = 0.0
    breath: Angle = 0.0


def bone_rotations(pose: Pose) -> np.ndarray:
    """(T, 31, 3, 3) rotations for anny's ``local-ref`` pose."""
    count = max(np.size(v) for v in (pose.yaw, pose.lean, pose.look, pose.breath))
    bones = {name: Rotation.identity(count) for name in BONES}

    def turn(axis: str, degrees: Angle) -> Rotation:
        column = np.broadcast_to(degrees, count)[:, None]
        return Rotation.from_euler(axis, column, degrees=True)

    yaw, tilt, lean = pose.yaw, pose.tilt, pose.lean
    hips = turn("z", yaw) * turn("y", tilt)
    bones["Hips"] = hips
    bones["LowerBack"] = turn("y", -tilt) * turn("x", 0.5 * lean)
    bones["Spine"] = turn("z", -0.8 * yaw) * turn("x", 0.5 * lean)
    bones["Spine1"] = turn("z", -0.6 * yaw) * turn("x", -pose.breath)
    bones["Neck"] = turn("z", 0.4 * yaw + 0.4 * pose.look) * turn("x", -0.4 * lean + pose.breath)
    bones["Head"] = turn("z", 0.6 * pose.look) * turn("x", pose.nod - 0.4 * lean)
    for side, sign in (("Right", -1.0), ("Left", 1.0)):
        leg, arm = pose.legs[side], pose.arms[side]
        inward = sign * (_LEG_IN + leg.inward)
        out = turn("z", sign * leg.out)
        bones[f"{side}UpLeg"] = hips.inv() * out * turn("y", inward) * turn("x", -leg.thigh)
        bones[f"{side}Leg"] = turn("x", leg.knee)
        # The foot hangs from a leg turned inward: turn it back so that the sole meets the ground.
        bones[f"{side}Foot"] = turn("y", -0.8 * inward) * turn("x", -leg.ankle)
        bones[f"{side}ToeBase"] = turn("x", -leg.toes)
        down = turn("y", sign * (_ARM_DOWN - arm.abduction))
        bones[f"{side}Arm"] = turn("x", -arm.swing) * down
        bend = turn("z", -sign * arm.across) * turn("x", -(arm.bend - _ELBOW_REST))
        bones[f"{side}ForeArm"] = down.inv() * bend * down * turn("z", sign * 8)
        bones[f"{side}Hand"] = down.inv() * turn("z", sign * -_HAND_TURN) * down
    return np.stack([bones[name].as_matrix() for name in BONES], axis=1)
