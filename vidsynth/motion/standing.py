"""Someone who stands: weight shifts from leg to leg, they breathe and look around.

Hips sway by 1 to 2 cm at 0.3 to 0.6 Hz, as measured in quiet standing, over feet whose soles do not
move at all: the legs follow by inverse kinematics.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vidsynth.body.anatomy import BONES
from vidsynth.body.model import BodyShape
from vidsynth.body.posture import Posture
from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.joint_angles import Arm, Leg, Pose, bone_rotations
from vidsynth.motion.leg_ik import Feet, find_feet, reach_feet
from vidsynth.motion.postures import apply_posture
from vidsynth.people.gait import Gait

_UPRIGHT = ("Hips", "LowerBack", "Spine", "Spine1", "Neck", "Neck1", "Head")
_SHIFT_SECONDS = (3.0, 9.0)
_LOOK_SECONDS = (1.2, 4.0)
_LOOK = 38.0
_BREATHS = (0.2, 0.32)
_SWAYS = (0.3, 0.6)


def stand_about(
    gait: Gait, shape: BodyShape, times: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (T, 31, 3, 3) and the hips' positions (T, 2), metres from between the feet.

    The person faces heading 0. ``times`` (T,) seconds; ``rng`` decides when weight and eyes turn.
    """
    heads = shape.heads
    times = np.asarray(times, float)
    # Weight on the right leg at -1, on the left one at 1.
    weight = _turns(rng, times, _SHIFT_SECONDS, 1.1, lambda: float(rng.uniform(-1, 1)))
    look = _turns(rng, times, _LOOK_SECONDS, 0.35, lambda: float(rng.normal(0, _LOOK / 2)))
    look = np.clip(look, -1.6 * _LOOK, 1.6 * _LOOK)
    nod = _turns(rng, times, _LOOK_SECONDS, 0.5, lambda: float(rng.normal(0, 5)))
    sway = 0.007 * np.stack([_hum(rng, times, _SWAYS) for _ in range(2)], 1)
    breath = np.sin(2 * np.pi * (rng.uniform(*_BREATHS) * times + rng.random()))
    hang = [_hum(rng, times, _SWAYS) for _ in range(2)]
    easy = np.clip(weight, -1, 1)
    step_out, step_ahead = rng.uniform(0, 9, 2), rng.uniform(-0.05, 0.05)
    pose = Pose(
        yaw=2.5 * easy,
        # The hip of the leg without weight sinks.
        tilt=-3.0 * gait.pelvis * easy,
        lean=0.7 * gait.trunk_lean + 0.6 * _hum(rng, times, _SWAYS),
        nod=gait.head_pitch + nod,
        look=look,
        breath=0.9 * breath,
        legs={side: Leg(2.0, 4.0, 2.0, 0.0, gait.toe_out, 0.0) for side in ("Right", "Left")},
        arms={
            side: Arm(
                swing=-2 + 1.2 * hang[k] - 0.5 * breath,
                bend=0.6 * gait.elbow + 1.5 * hang[k],
                abduction=gait.arm_abduction + 5 + 0.6 * breath,
            )
            for k, side in enumerate(("Right", "Left"))
        },
    )
    rotations = bone_rotations(pose)
    hips = np.stack([0.035 * easy, np.full(len(times), 0.0)], 1) + sway
    planted = _plant(gait, heads, step_out, float(step_ahead))
    # The hips sink a little as they come over one leg, and with each breath out.
    drop = 0.012 + 0.012 * easy**2 + 0.001 * breath
    away = np.column_stack([hips, -drop])
    wanted = Feet(
        planted.ankles - away[:, None], np.broadcast_to(planted.turns, (len(times), 2, 3, 3))
    )
    return reach_feet(rotations, heads, wanted), hips


def upright(gait: Gait, posture: Posture, shape: BodyShape) -> np.ndarray:
    """(31, 3, 3) rotations of a person who stands upright and still, looks ahead and has the arms
    as the posture asks."""
    moments = joint_rotations(gait, np.arange(16) / 16)
    mean = moments.mean(0)
    u, _, vt = np.linalg.svd(mean)
    still = (u @ vt)[None]
    for name in BONES:
        if name in _UPRIGHT or "Leg" in name or "Foot" in name or "Toe" in name:
            still[:, BONES.index(name)] = np.eye(3)
    held_still = apply_posture(still, posture, shape)[0]
    for name in ("Neck", "Head"):
        held_still[BONES.index(name)] = np.eye(3)
    return held_still


def _plant(gait: Gait, heads: np.ndarray, out: np.ndarray, ahead: float) -> Feet:
    """(1, 2) feet at the person's own distance, flat on the ground, one a little ahead."""
    flat = {
        side: Leg(0.0, 3.0, 3.0, 0.0, gait.toe_out + float(out[k]), 0.0)
        for k, side in enumerate(("Right", "Left"))
    }
    arms = {side: Arm(0.0, 0.0, 0.0) for side in flat}
    feet = find_feet(bone_rotations(Pose(np.zeros(1), 0.0, 0.0, 0.0, flat, arms)), heads)
    hip = [heads[BONES.index(f"{side}UpLeg"), 0] for side in ("Right", "Left")]
    ankles = feet.ankles.copy()
    ankles[0, :, 0] = gait.stance * np.array(hip)
    ankles[0, :, 1] = ankles[0, :, 1].mean() + np.array([ahead, -ahead])
    ankles[0, :, 2] = ankles[0, :, 2].max()
    # Soles are flat in the rest pose: only the turn of the toes is kept.
    x, y = feet.turns[0, :, 0, 1], feet.turns[0, :, 1, 1]
    size = np.hypot(x, y)
    turns = np.zeros((1, 2, 3, 3))
    turns[0, :, 0, 0] = turns[0, :, 1, 1] = y / size
    turns[0, :, 0, 1], turns[0, :, 1, 0] = x / size, -x / size
    turns[0, :, 2, 2] = 1
    return Feet(ankles, turns)


def _turns(
    rng: np.random.Generator,
    times: np.ndarray,
    pauses: tuple[float, float],
    seconds: float,
    draw: Callable[[], float],
) -> np.ndarray:
    """(T,) values that are held for a while, then go over to another one in ``seconds``."""
    end = float(times.max(initial=0)) + 1.0
    at, value = -float(rng.uniform(*pauses)) * float(rng.random()), draw()
    result = np.full(len(times), value)
    while at < end:
        at += float(rng.uniform(*pauses))
        share = np.clip((times - at) / seconds, 0, 1)
        following = draw()
        result += (following - value) * share**2 * (3 - 2 * share)
        value = following
    return result


def _hum(rng: np.random.Generator, times: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    """(T,) sum of three waves in a band of frequencies, Hz, of root mean square 1."""
    waves = [np.sin(2 * np.pi * (rng.uniform(*band) * times + rng.random())) for _ in range(3)]
    summed: np.ndarray = np.sqrt(2 / 3) * np.sum(waves, axis=0)
    return summed
