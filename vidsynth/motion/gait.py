"""Each person's own way of moving: a signature, and the joint angles it produces in a walk.

Angles follow a Fourier template fitted to two CMU walks (subject 02, 1.18 and 1.63 m/s), with the
offsets of that skeleton's rest pose removed so that mid-stance is upright and the knee never
bends backwards. Phase 0 is the right heel strike; the left leg runs half a cycle later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from vidsynth.motion.joint_angles import Arm, Leg, Pose, turned


@dataclass(frozen=True)
class Gait:
    """A signature: constant for an identity across cameras and clothes.

    ``speed`` m/s; ``cadence`` steps per minute; ``leg_swing``, ``knee_bend``, ``arm_swing``
    and ``pelvis`` multiply the template; ``arm_asymmetry`` shifts swing to the right
    arm, ``leg_asymmetry`` the knee's bend to the right leg (-1 to 1); ``arm_lag`` and
    ``knee_lag`` are degrees of the cycle by which arms and knees follow the legs;
    ``run_speed`` and ``run_cadence`` are those of the person's run, ``run_elbow`` the bend of
    its arms; ``stance`` is the distance of the feet when standing over that of the hips; the
    rest are degrees.
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
    leg_asymmetry: float = 0.0
    arm_lag: float = 0.0
    knee_lag: float = 0.0
    run_speed: float = 2.6
    run_cadence: float = 156.0
    run_elbow: float = 90.0
    stance: float = 1.1


def sample_gait(rng: np.random.Generator, stature: float, bmi: float, age: float) -> Gait:
    """A signature for a body: walk ratio and speed as measured on pedestrians, the rest about the
    template. ``stature`` metres, ``bmi`` kg/m², ``age`` years."""
    # A stout trunk holds the arms away from it.
    stout = float(np.clip((bmi - 17) / 12, 0, 1.6))
    # Bohannon and Andrews, Physiotherapy 97, 2011: even up to 60, a third less past 80.
    slowing = float(np.interp(age, (58, 70, 80, 88), (1.0, 0.93, 0.80, 0.70)))
    # Traits of their own: those that came before stay as they were drawn.
    later = rng.spawn(1)[0]
    speed = float(np.clip(rng.normal(1.30, 0.18) * slowing, 0.75, 1.9))
    # Walk ratio: step length over cadence, metres per (steps/min), about constant in a person, and
    # less in the old: their steps get shorter more than rarer.
    ratio = max(rng.normal(0.0062, 0.0005), 0.0048) * stature / 1.72
    ratio *= float(np.interp(age, (60, 85), (1.0, 0.90)))
    # Who walks fast runs fast, for the most part.
    pace = 2.55 + 0.9 * (speed / slowing - 1.30) + later.normal(0, 0.22)
    run_speed = float(np.clip(pace * slowing, 1.9, 3.6))
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
        leg_asymmetry=float(np.clip(later.normal(0, 0.04), -0.12, 0.12)),
        arm_lag=float(np.clip(later.normal(0, 8), -20, 20)),
        knee_lag=float(np.clip(later.normal(0, 2.5), -6, 6)),
        run_speed=run_speed,
        run_cadence=float(np.sqrt(60 * run_speed / (1.04 * ratio))),
        run_elbow=float(np.clip(later.normal(88, 10), 60, 115)),
        stance=float(np.clip(later.normal(1.15, 0.25), 0.7, 1.8)),
    )


def at_pace(gait: Gait, speed: float) -> Gait:
    """The gait at another walking speed, m/s: the walk ratio, step length over cadence, is kept."""
    return replace(gait, speed=speed, cadence=gait.cadence * float(np.sqrt(speed / gait.speed)))


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
    """(T, 31, 3, 3) rotations of a walk, as of `pose.turned`, at phases (T,) of the gait cycle.

    ``leg_swing`` replaces the signature's, to fit the stride to speed and cadence.
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
    return turned(Pose(yaw, tilt, lean, gait.head_pitch, legs, arms))
