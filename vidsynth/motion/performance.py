"""What a walker does in each frame of a shot: by their own gait, or as a captured file has it; with
arms and head as what they carry wants them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.postures import hold as place_arms
from vidsynth.motion.replay import replay
from vidsynth.motion.walk import follow, place, stride
from vidsynth.people.body import BodyShape
from vidsynth.shot import Walker

# Bodies differ in proportion, so that one walks a little faster than planned from stature alone:
# played this much slower or faster at most. A moonwalk slides instead.
_TEMPO = (0.85, 1.18)


@dataclass(frozen=True, eq=False)
class Performance:
    """T frames: ``position`` (T, 2) metres of the hips; ``heading`` (T,) radians, 0 along -y;
    ``rotations`` (T, 31, 3, 3) of the bones; ``lift`` (T,) metres of the lowest sole above ground.
    """

    position: np.ndarray
    heading: np.ndarray
    rotations: np.ndarray
    lift: np.ndarray


def perform(
    walker: Walker, shape: BodyShape, times: np.ndarray, motions: Path | None
) -> Performance:
    """The walker at ``times`` (T,) seconds; ``motions`` is the folder of captured files.

    Raises MotionError where the person's file is no longer as it was."""
    person = walker.person
    if walker.moments:
        return hold(walker, shape, motions)
    if not person.motion or motions is None:
        cycle = stride(person.gait, shape)
        placed = place(walker.path, walker.start, walker.phase, person.gait.speed, cycle, times)
        rotations = joint_rotations(person.gait, placed.phase, cycle.leg_swing)
        rotations = place_arms(rotations, person.posture, shape)
        return Performance(placed.position, placed.heading, rotations, np.zeros(len(times)))
    acted = replay(motions / person.motion, shape)
    tempo = float(np.clip(person.gait.speed / acted.speed, *_TEMPO)) if acted.speed else 1.0
    rotations, sway, lift = acted.at(walker.phase + times * tempo / acted.seconds)
    position, heading = follow(walker.path, walker.start + person.gait.speed * times)
    cos, sin = np.cos(heading), np.sin(heading)
    x, y = sway.T
    position = position + np.stack([cos * x - sin * y, sin * x + cos * y], 1)
    return Performance(position, heading, place_arms(rotations, person.posture, shape), lift)


def hold(walker: Walker, shape: BodyShape, motions: Path | None) -> Performance:
    """The walker's moments, each for itself. Raises MotionError as `perform` does."""
    person = walker.person
    phase = np.array([moment.phase for moment in walker.moments])
    if not person.motion or motions is None:
        swing = stride(person.gait, shape).leg_swing
        rotations, lift = joint_rotations(person.gait, phase, swing), np.zeros(len(phase))
    else:
        rotations, _, lift = replay(motions / person.motion, shape).at(phase)
    return Performance(
        np.array([(moment.x, moment.y) for moment in walker.moments]),
        np.array([moment.heading for moment in walker.moments]),
        place_arms(rotations, person.posture, shape),
        lift,
    )
