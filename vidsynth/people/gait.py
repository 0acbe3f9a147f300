"""A person's way of walking as numbers, drawn by body and age; `motion.gait` applies them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vidsynth.drawing.distributions import Distribution


@dataclass(frozen=True)
class Gait:
    """A gait signature, constant for an identity across cameras and clothes.

    speed, cadence: m/s and steps per minute.
    leg_swing, knee_bend, arm_swing, pelvis: factors on the template's angles.
    arm_asymmetry, leg_asymmetry: swing shifted to the right arm, bend to the right knee, -1 to 1.
    arm_lag, knee_lag: degrees of the cycle by which arms and knees follow the legs.
    run_speed, run_cadence, run_elbow: of the person's run.
    stance: distance of the feet when standing over that of the hips.

    All others are degrees.
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


def sample_gait(
    rng: np.random.Generator,
    stature: float,
    bmi: float,
    age: float,
    wanted: Distribution | None = None,
) -> Gait:
    """A signature for a body: walk ratio and speed as measured on pedestrians, the rest about the
    template. ``stature`` metres, ``bmi`` kg/m², ``age`` years; ``wanted`` speeds, m/s, in place of
    those measured."""
    # A stout trunk holds the arms away from it.
    stout = float(np.clip((bmi - 17) / 12, 0, 1.6))
    # Bohannon and Andrews, Physiotherapy 97, 2011: even up to 60, a third less past 80.
    slowing = float(np.interp(age, (58, 70, 80, 88), (1.0, 0.93, 0.80, 0.70)))
    # Traits of their own: those that came before stay as they were drawn.
    later, of_speed = rng.spawn(2)
    speed = float(np.clip(rng.normal(1.30, 0.18) * slowing, 0.75, 1.9))
    if wanted is not None:
        speed = wanted.draw(of_speed)
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
