"""Each person's own way of walking: a signature, and the joint angles it produces.

Angles follow a Fourier template fitted to two CMU walks (subject 02, 1.18 and 1.63 m/s), with the
offsets of that skeleton's rest pose removed so that mid-stance is upright and the knee never
bends backwards. Phase 0 is the right heel strike; the left leg runs half a cycle later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.people.anatomy import BONES


@dataclass(frozen=True)
class Gait:
    """A walking signature: constant for an identity across cameras and clothes.

    ``speed`` m/s; ``cadence`` steps per minute; ``leg_swing``, ``knee_bend``, ``arm_swing``
    and ``pelvis`` multiply the template; ``arm_asymmetry`` shifts swing to the right
    arm (-1 to 1); the rest are degrees.
    """

    speed: float
    cadence: float
    leg_swing: float
    knee_bend: float
    arm_swing: float
    arm_asymmetry: float
    elbow: float
    arm_abduction: float
    trunk_lean: float
    toe_out: float
    pelvis: float
    head_pitch: float


def sample_gait(rng: np.random.Generator, stature: float, bmi: float, age: float) -> Gait:
    """A signature for a body: walk ratio and speed as measured on pedestrians, the rest about the
    template. ``stature`` metres, ``bmi`` kg/m², ``age`` years."""
    # A stout trunk holds the arms away from it.
    stout = float(np.clip((bmi - 17) / 12, 0, 1.6))
    # Bohannon and Andrews, Physiotherapy 97, 2011: even up to 60, a third less past 80.
    slowing = np.interp(age, (58, 70, 80, 88), (1.0, 0.93, 0.80, 0.70))
    speed = float(np.clip(rng.normal(1.30, 0.18) * slowing, 0.75, 1.9))
    # Walk ratio: step length over cadence, metres per (steps/min), about constant in a person, and
    # less in the old: their steps get shorter more than rarer.
    ratio = max(rng.normal(0.0062, 0.0005), 0.0048) * stature / 1.72
    ratio *= float(np.interp(age, (60, 85), (1.0, 0.90)))
    return Gait(
        speed=speed,
        cadence=float(np.sqrt(60 * speed / ratio)),
        leg_swing=float(np.exp(rng.normal(0, 0.10))),
        knee_bend=float(np.exp(rng.normal(0, 0.10))),
        arm_swing=float(np.clip(np.exp(rng.normal(-0.1, 0.35)), 0.35, 1.5)),
        arm_asymmetry=float(np.clip(rng.normal(0, 0.25), -0.7, 0.7)),
        elbow=float(np.clip(rng.normal(20, 9), 4, 55)),
        arm_abduction=float(np.clip(rng.normal(3 + 5 * stout + 4 * stout**2, 2), 1, 21)),
        trunk_lean=float(np.clip(rng.normal(3, 3) + np.interp(age, (60, 85), (0, 7)), -3, 16)),
        toe_out=float(np.clip(rng.normal(7, 5), -6, 20)),
        pelvis=float(np.exp(rng.normal(0, 0.25))),
        head_pitch=float(np.clip(rng.normal(4, 6), -8, 22)),
    )


# (mean, ((amplitude, phase) per harmonic)) at 1.18 and at 1.63 m/s, degrees.
_TEMPLATE = {
    "thigh": (
        (7, ((22.8, 10), (5.7, 235), (2.4, 105))),
        (7, ((28.7, 11), (6.0, 227), (2.3, 100))),
    ),
    "knee": (
        (20, ((16.6, 301), (18.0, 193), (6.1, 113), (1.9, 188))),
        (22, ((17.7, 310), (19.9, 189), (5.3, 112), (3.1, 205))),
    ),
    "ankle": (
        (-1, ((9.2, 96), (7.8, 316), (3.7, 240), (2.2, 102))),
        (-1, ((12.0, 80), (8.8, 303), (2.8, 228))),
    ),
    "hip_side": ((0, ((2.9, 270),)), (0, ((3.3, 258),))),
    "arm": ((-3, ((15.0, 188),)), (-5, ((19.0, 190),))),
    "elbow": ((0, ((12.0, 192),)), (6, ((17.0, 198),))),
    "pelvis_yaw": ((0, ((7.2, 21),)), (0, ((8.0, 28),))),
}
_SPEEDS = (1.18, 1.63)


def _curve(name: str, phase: np.ndarray, speed: float, swing: float = 1.0) -> np.ndarray:
    share = np.clip((speed - _SPEEDS[0]) / (_SPEEDS[1] - _SPEEDS[0]), -0.7, 1.3)
    curves = []
    for mean, harmonics in _TEMPLATE[name]:
        waves = (
            amplitude * np.cos(2 * np.pi * (h + 1) * phase - np.radians(shift))
            for h, (amplitude, shift) in enumerate(harmonics)
        )
        curves.append(mean + swing * sum(waves))
    return (1 - share) * curves[0] + share * curves[1]


# How far toes are raised as they pass the standing foot, degrees: the template is one man's, and on
# other legs they would drag.
_CLEARANCE = 7.0
# The rest pose is an A-pose with feet apart; these turn it into standing (degrees).
_ARM_DOWN, _ELBOW_REST, _LEG_IN, _HAND_TURN = 50.0, 38.0, 5.5, 4.0


def joint_rotations(gait: Gait, phase: np.ndarray, leg_swing: float | None = None) -> np.ndarray:
    """(T, 31, 3, 3) rotations for anny's ``local-ref`` pose at phases (T,) of the gait cycle.

    ``leg_swing`` replaces the signature's, to fit the stride to speed and cadence.
    """
    phase = np.asarray(phase, float)
    swing = gait.leg_swing if leg_swing is None else leg_swing
    count = len(phase)
    bones = {name: Rotation.identity(count) for name in BONES}

    def turn(axis: str, degrees: np.ndarray | float) -> Rotation:
        column = np.broadcast_to(degrees, count)[:, None]
        return Rotation.from_euler(axis, column, degrees=True)

    yaw = gait.pelvis * _curve("pelvis_yaw", phase, gait.speed)
    tilt = 2.5 * gait.pelvis * np.cos(2 * np.pi * (phase - 0.15))
    hips = turn("z", yaw) * turn("y", tilt)
    bones["Hips"] = hips
    lean = gait.trunk_lean + 0.8 * np.cos(4 * np.pi * phase)
    bones["LowerBack"] = turn("y", -tilt) * turn("x", 0.5 * lean)
    bones["Spine"] = turn("z", -0.8 * yaw) * turn("x", 0.5 * lean)
    bones["Spine1"] = turn("z", -0.6 * yaw)
    bones["Neck"] = turn("z", 0.4 * yaw) * turn("x", -0.4 * lean)
    bones["Head"] = turn("x", gait.head_pitch - 0.4 * lean)
    for side, sign, offset in (("Right", -1.0, 0.0), ("Left", 1.0, 0.5)):
        own = phase + offset
        thigh = _curve("thigh", own, gait.speed, swing)
        # The fitted curves leave the trailing leg too straight to let go of the ground.
        release = np.maximum(0, np.cos(2 * np.pi * (own - 0.62))) ** 4
        lift = np.maximum(0, np.cos(2 * np.pi * (own - 0.72))) ** 2
        knee = _curve("knee", own + 0.02, gait.speed, gait.knee_bend) + 12 * release
        knee = np.maximum(knee, 2.0)
        ankle = _curve("ankle", own, gait.speed) + 10 * lift
        ankle = ankle + _CLEARANCE * np.maximum(0, np.cos(2 * np.pi * (own - 0.82))) ** 6
        inward = _LEG_IN + _curve("hip_side", own, gait.speed)
        out = turn("z", sign * gait.toe_out)
        bones[f"{side}UpLeg"] = hips.inv() * out * turn("y", sign * inward) * turn("x", -thigh)
        bones[f"{side}Leg"] = turn("x", knee)
        # The foot hangs from a leg turned inward: turn it back so that the sole meets the ground.
        bones[f"{side}Foot"] = turn("y", -0.8 * sign * inward) * turn("x", -ankle)
        push_off = np.maximum(0, np.cos(2 * np.pi * (own - 0.56))) ** 4
        bones[f"{side}ToeBase"] = turn("x", -28 * push_off)
        share = 1 - sign * gait.arm_asymmetry
        arm = _curve("arm", own, gait.speed, gait.arm_swing * share)
        down = turn("y", sign * (_ARM_DOWN - gait.arm_abduction))
        bend = gait.elbow + np.maximum(
            0.7 * _curve("elbow", own, gait.speed, gait.arm_swing * share), -0.5 * gait.elbow
        )
        bones[f"{side}Arm"] = turn("x", -arm) * down
        bones[f"{side}ForeArm"] = (
            down.inv() * turn("x", -(bend - _ELBOW_REST)) * down * turn("z", sign * 8)
        )
        bones[f"{side}Hand"] = down.inv() * turn("z", sign * -_HAND_TURN) * down
    return np.stack([bones[name].as_matrix() for name in BONES], axis=1)
