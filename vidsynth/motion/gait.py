"""The joint angles of a walk by a person's gait.

Angles follow a Fourier template fitted to two CMU walks (subject 02, 1.18 and 1.63 m/s), with the
offsets of that skeleton's rest pose removed so that mid-stance is upright and the knee never
bends backwards. Phase 0 is the right heel strike; the left leg runs half a cycle later.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vidsynth.motion.joint_angles import Arm, Leg, Pose, bone_rotations
from vidsynth.people.gait import Gait

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
# How far toes are raised as they pass the standing foot, degrees: the template is one man's, and on
# other legs they would drag.
_CLEARANCE = 7.0


def _curve(name: str, phase: np.ndarray, speed: float, swing: float = 1.0) -> np.ndarray:
    share = np.clip((speed - _SPEEDS[0]) / (_SPEEDS[1] - _SPEEDS[0]), -0.7, 1.3)
    slow, fast = (mean + swing * waves(phase, harmonics) for mean, harmonics in _TEMPLATE[name])
    return (1 - share) * slow + share * fast


def waves(phase: np.ndarray, harmonics: Iterable[tuple[float, float]]) -> np.ndarray:
    """Sum over harmonics 1, 2, ... of (amplitude, shift in degrees) at phases (T,)."""
    return np.sum(
        [
            amplitude * np.cos(2 * np.pi * (h + 1) * phase - np.radians(shift))
            for h, (amplitude, shift) in enumerate(harmonics)
        ],
        axis=0,
    )


def joint_rotations(gait: Gait, phase: np.ndarray, leg_swing: float | None = None) -> np.ndarray:
    """Rotations (T, 31, 3, 3) of a walk at phases (T,) of the gait cycle.

    As of `joint_angles.bone_rotations`. ``leg_swing`` replaces the gait's own, to fit the stride to
    speed and cadence.
    """
    phase = np.asarray(phase, float)
    swing = gait.leg_swing if leg_swing is None else leg_swing
    yaw = gait.pelvis * _curve("pelvis_yaw", phase, gait.speed)
    tilt = 2.5 * gait.pelvis * np.cos(2 * np.pi * (phase - 0.15))
    lean = gait.trunk_lean + 0.8 * np.cos(4 * np.pi * phase)
    legs, arms = {}, {}
    for side, sign, offset in (("Right", -1.0, 0.0), ("Left", 1.0, 0.5)):
        own = phase + offset
        # The fitted curves leave the trailing leg too straight to let go of the ground.
        release = np.maximum(0, np.cos(2 * np.pi * (own - 0.62))) ** 4
        lift = np.maximum(0, np.cos(2 * np.pi * (own - 0.72))) ** 2
        bent = gait.knee_bend * (1 - sign * gait.leg_asymmetry)
        knee = _curve("knee", own + 0.02 - gait.knee_lag / 360, gait.speed, bent) + 12 * release
        ankle = _curve("ankle", own, gait.speed) + 10 * lift
        ankle = ankle + _CLEARANCE * np.maximum(0, np.cos(2 * np.pi * (own - 0.82))) ** 6
        push_off = np.maximum(0, np.cos(2 * np.pi * (own - 0.56))) ** 4
        legs[side] = Leg(
            thigh=_curve("thigh", own, gait.speed, swing),
            knee=np.maximum(knee, 2.0),
            ankle=ankle,
            inward=_curve("hip_side", own, gait.speed),
            out=gait.toe_out,
            toes=28 * push_off,
        )
        share = gait.arm_swing * (1 - sign * gait.arm_asymmetry)
        late = own - gait.arm_lag / 360
        bend = np.maximum(0.7 * _curve("elbow", late, gait.speed, share), -0.5 * gait.elbow)
        arms[side] = Arm(
            swing=_curve("arm", late, gait.speed, share),
            bend=gait.elbow + bend,
            abduction=gait.arm_abduction,
        )
    return bone_rotations(Pose(yaw, tilt, lean, gait.head_pitch, legs, arms))
