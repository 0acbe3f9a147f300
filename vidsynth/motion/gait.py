"""Each person's own way of walking."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gait:
    """A walking signature: constant for an identity across cameras and clothes.

    ``speed`` m/s; ``cadence`` steps per minute; amplitudes multiply the template of
    notes on walking subjects; angles in degrees.
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
    pelvis_yaw: float
    bounce: float
    head_pitch: float
