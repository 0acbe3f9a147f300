"""A person's run: the joint angles of a jog, a stride with a flight, and hips that fall in it.

Angles follow a Fourier template fitted to CMU's 02_03, a jog at 2.58 m/s, less the offsets of that
skeleton's rest pose; the stance knee yields more, so that the hips are lowest in mid-stance.
"""

from __future__ import annotations

import numpy as np

from vidsynth.body.anatomy import anatomy
from vidsynth.body.model import BodyShape, body_model
from vidsynth.motion.gait import waves
from vidsynth.motion.joint_angles import Arm, Leg, Pose, bone_rotations
from vidsynth.motion.walking import Stride, sole_rows
from vidsynth.people.gait import Gait

GROUNDED = 0.36
"""Share of the cycle for which a foot stands: the rest of each half cycle is flight."""

_SAMPLES = 50
_GRAVITY = 9.81
# The template strikes while the leg still swings forward: the foot would brake.
_EARLY = 0.04
_THIGH = ((26.4, 333), (7.4, 181))
_KNEE = ((32.6, 270), (20.9, 166))
_ANKLE = ((16.7, 17), (6.9, 166), (4.7, 285))


def run_rotations(gait: Gait, phase: np.ndarray, leg_swing: float | None = None) -> np.ndarray:
    """Rotations (T, 31, 3, 3) of a run at phases (T,) of its cycle.

    As of `joint_angles.bone_rotations`. The right foot strikes at phase 0.
    """
    phase = np.asarray(phase, float)
    swing = gait.leg_swing if leg_swing is None else leg_swing
    yaw = 5.3 * gait.pelvis * np.cos(2 * np.pi * phase - np.radians(10))
    tilt = 3.0 * gait.pelvis * np.cos(2 * np.pi * (phase - 0.17))
    lean = 5 + 0.6 * gait.trunk_lean + 1.5 * np.cos(4 * np.pi * (phase - 0.1))
    legs, arms = {}, {}
    for side, sign, offset in (("Right", -1.0, 0.0), ("Left", 1.0, 0.5)):
        own = phase + offset
        swung = own + _EARLY
        yields = np.maximum(0, np.cos(2 * np.pi * (own - 0.15))) ** 3
        pushes = np.maximum(0, np.cos(2 * np.pi * (own - 0.33))) ** 6
        # A leg that has pushed off folds at once: the body falls while it swings through.
        folds = np.maximum(0, np.cos(2 * np.pi * (own - 0.47))) ** 4
        bent = gait.knee_bend * (1 - sign * gait.leg_asymmetry)
        knee = 40 + bent * waves(swung - gait.knee_lag / 360, _KNEE)
        knee = knee + 13 * yields + 16 * folds
        legs[side] = Leg(
            thigh=9 + swing * waves(swung, _THIGH) + 5 * yields,
            knee=np.maximum(knee, 8.0),
            ankle=-1 + waves(swung, _ANKLE) + 3 * yields - 9 * pushes,
            inward=1.0 + waves(own, ((4.0, 224),)),
            out=0.5 * gait.toe_out,
            toes=24 * pushes,
        )
        # Arms that swing little in a walk still drive a run.
        share = gait.arm_swing**0.4 * (1 - 0.5 * sign * gait.arm_asymmetry)
        late = own - gait.arm_lag / 360
        arms[side] = Arm(
            swing=-14 + share * waves(late, ((29.0, 150),)),
            bend=gait.run_elbow + share * waves(late, ((13.0, 145),)),
            abduction=gait.arm_abduction + 7,
            across=12.0,
        )
    return bone_rotations(Pose(yaw, tilt, lean, 0.5 * gait.head_pitch, legs, arms))


def run_stride(gait: Gait, shape: BodyShape) -> Stride:
    """Run one cycle on the spot: how far each standing foot carries the body, and how high the
    body flies between them."""
    model, rows = body_model(), sole_rows()
    wanted = gait.run_speed * 120 / gait.run_cadence
    phases = np.arange(_SAMPLES + 1) / _SAMPLES
    left = anatomy().rest[rows, 0] > 0
    own = np.stack([phases % 1, (phases - 0.5) % 1], 1)
    stands = own[:-1] < GROUNDED - 1e-9
    flies = ~stands.any(1)
    swing, steps = gait.leg_swing, np.arange(_SAMPLES)
    for _ in range(4):
        soles = model.pose(shape, run_rotations(gait, phases, swing), rows)
        mine = np.where(stands[:, [1]], left[None], ~left[None])
        lowest = np.where(mine, soles[:-1, :, 2], np.inf).argmin(1)
        moved = np.maximum(soles[steps + 1, lowest, 1] - soles[steps, lowest, 1], 1e-4)
        carried = moved[~flies].sum()
        if abs(carried / (2 * GROUNDED * wanted) - 1) < 0.01:
            break
        swing = float(np.clip(swing * 2 * GROUNDED * wanted / carried, 0.7, 1.45))
    # In the air the body keeps the pace it left the ground with.
    moved[flies] = carried / (~flies).sum()
    advance = np.concatenate([[0], np.cumsum(moved)])
    seconds = advance[-1] / gait.run_speed
    return Stride(phases, advance, swing, _lift(soles, flies, seconds), GROUNDED)


def _lift(soles: np.ndarray, flies: np.ndarray, seconds: float) -> np.ndarray:
    """(N + 1,) metres of the lowest sole above ground: between the last moment on one foot and the
    first on the other, the hips are on a thrown body's parabola."""
    count = len(flies)
    lowest = soles[:, :, 2].min(1)
    lift = np.zeros(count + 1)
    for start in np.flatnonzero(flies & ~np.roll(flies, 1)):
        length = int(np.argmin(np.concatenate([flies[start:], [False]])))
        moments = np.arange(start, start + length)
        time = (moments - start) * seconds / count
        whole = length * seconds / count
        share = time / whole
        line = -(1 - share) * lowest[start] - share * lowest[start + length]
        lift[moments] = line + 0.5 * _GRAVITY * time * (whole - time) + lowest[moments]
    return np.maximum(lift, 0)
