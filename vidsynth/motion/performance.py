"""What a walker does in each frame of a shot: position, heading and the rotations of all bones.

People walk, run or stand by their gait, or move as a motion-capture file has it; arms and head then
follow from what they carry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vidsynth.body.anatomy import BONES
from vidsynth.body.model import BodyShape
from vidsynth.motion.arm_clearance import keep_arms_clear
from vidsynth.motion.foot_planting import keep_feet_planted, lean_in, vary
from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.leg_ik import find_feet
from vidsynth.motion.postures import apply_posture
from vidsynth.motion.replay import replay
from vidsynth.motion.running import run_rotations, run_stride
from vidsynth.motion.standing import stand_about
from vidsynth.motion.walker import Walker
from vidsynth.motion.walking import measure_stride, placement, position_and_heading
from vidsynth.people.gait import at_pace
from vidsynth.seeds import Purpose, stream

# Bodies differ in proportion, so that one walks a little faster than planned from stature alone:
# played this much slower or faster at most. A moonwalk slides instead.
_TEMPO = (0.85, 1.18)
_ABOUT = 60.0
"""Seconds of standing about of which phase 0 to 1 is the moment."""
_BESIDE = ("swing", "aside", "carry")
"""Postures whose hand hangs beside the thigh."""


@dataclass(frozen=True, eq=False)
class Performance:
    """A walker in T frames.

    position: (T, 2) metres, the hips over the ground.
    heading: (T,) radians, 0 along -y, by which rotations are to be turned: where a walk goes.
    rotations: (T, 31, 3, 3) of the bones, each relative to its parent.
    lift: (T,) metres of the lowest sole above ground.
    phase: (T,) in [0, 1), of the gait cycle, whose right heel strikes at 0; of the loop of a
        captured file; of a minute of standing about.
    turned: radians, anticlockwise, from the heading to where the person faces: 0 but for who was
        captured going sideways or backwards.
    """

    position: np.ndarray
    heading: np.ndarray
    rotations: np.ndarray
    lift: np.ndarray
    phase: np.ndarray
    turned: float = 0.0

    @property
    def facing(self) -> np.ndarray:
        """(T,) radians, as ``heading``: where the person faces."""
        return self.heading + self.turned


def perform(
    walker: Walker,
    shape: BodyShape,
    times: np.ndarray,
    motions: Path | None,
    trunk: np.ndarray | None = None,
    joint_map: Path | None = None,
    bag: np.ndarray | None = None,
) -> Performance:
    """The walker at ``times`` (T,) seconds from frame 0.

    Args:
        motions: folder of the motion-capture files that people name.
        trunk: (M, 3) metres, trunk and thighs as dressed at rest, which arms keep out of; None: the
            bare body's.
        joint_map: a file that names the joints of those files.
        bag: (B, 3) metres, a bag at the hips, at rest, which arms keep out of, too.

    Raises MotionError where the person's file is no longer as it was.
    """
    if walker.keyframes:
        acted = perform_keyframes(walker, shape, motions, joint_map)
        return _clear(acted, walker, shape, trunk, bag)
    if walker.person.motion and motions is not None:
        acted = _replayed(walker, shape, times, motions, joint_map)
    elif walker.manner == "stand":
        acted = _standing(walker, shape, times)
    else:
        acted = _going(walker, shape, times)
    posed = apply_posture(acted.rotations, walker.person.posture, shape)
    return _clear(replace(acted, rotations=posed), walker, shape, trunk, bag)


def ground_velocity(acted: Performance, walker: Walker, fps: float) -> np.ndarray:
    """(T, 2) metres per second over the ground, at ``fps`` frames a second.

    Keyframes do not follow from each other, and a single frame from none: there it is the speed of
    what the walker does, straight ahead.
    """
    if walker.manner == "stand":
        return np.zeros_like(acted.position)
    if len(acted.position) > 1 and not walker.keyframes:
        return np.gradient(acted.position, axis=0) * fps
    gait = walker.person.gait
    own = {"stand": 0.0, "run": gait.run_speed}
    speed = np.array([own.get(moment.manner, gait.speed) for moment in walker.keyframes])
    ahead = np.stack([np.sin(acted.heading), -np.cos(acted.heading)], 1)
    return (speed[:, None] if walker.keyframes else walker.speed) * ahead


def _clear(
    acted: Performance,
    walker: Walker,
    shape: BodyShape,
    trunk: np.ndarray | None,
    bag: np.ndarray | None,
) -> Performance:
    """The same with arms beside clothes and bag, not in them, where they hang or swing."""
    posture = walker.person.posture
    sides = [
        side for side, arm in (("Left", posture.left), ("Right", posture.right)) if arm in _BESIDE
    ]
    return replace(acted, rotations=keep_arms_clear(acted.rotations, shape, trunk, sides, bag))


def _going(walker: Walker, shape: BodyShape, times: np.ndarray) -> Performance:
    runs = walker.manner == "run"
    gait = walker.person.gait if runs else at_pace(walker.person.gait, walker.speed)
    cycle = run_stride(gait, shape) if runs else measure_stride(gait, shape)
    reached = walker.reached(times)
    start = float(walker.reached(np.zeros(1))[0])
    placed = placement(walker.path, start, walker.phase, cycle, reached - start)
    turn = run_rotations if runs else joint_rotations
    rotations = turn(gait, placed.phase, cycle.leg_swing)
    heads = shape.heads
    rotations = vary(rotations, placed.phase, heads, _own_stream(walker))
    middle = np.array([0.0, 0.5]) + cycle.grounded / 2
    passing = find_feet(turn(gait, middle, cycle.leg_swing), heads).ankles
    beside = (float(passing[0, 0, 0]), float(passing[1, 1, 0]))
    rotations = keep_feet_planted(
        rotations, heads, beside, placed, cycle, walker.path, start, walker.phase
    )
    rotations = lean_in(rotations, placed.heading, walker.speed, times)
    lift = cycle.lift_at(placed.phase)
    return Performance(placed.position, placed.heading, rotations, lift, placed.phase % 1)


def _standing(walker: Walker, shape: BodyShape, times: np.ndarray) -> Performance:
    rotations, sway = stand_about(walker.person.gait, shape, times, _own_stream(walker))
    position, heading = position_and_heading(walker.path, walker.reached(times))
    still, phase = np.zeros(len(times)), times / _ABOUT % 1
    return Performance(position + _turned(sway, heading), heading, rotations, still, phase)


def _replayed(
    walker: Walker, shape: BodyShape, times: np.ndarray, motions: Path, joint_map: Path | None
) -> Performance:
    acted = replay(motions / walker.person.motion, shape, joint_map)
    tempo = float(np.clip(walker.speed / acted.speed, *_TEMPO)) if acted.speed else 1.0
    phase = walker.phase + times * tempo / acted.seconds
    rotations, sway, lift = acted.at(phase)
    position, heading = position_and_heading(walker.path, walker.reached(times))
    position = position + _turned(sway, heading)
    return Performance(position, heading, rotations, lift, phase % 1, acted.turned)


def _own_stream(walker: Walker) -> np.random.Generator:
    """Random numbers for what a person does in this shot: the same in all its cameras."""
    return stream(walker.person.person_id, Purpose.VARIATION, round(1e4 * walker.phase))


def _turned(vectors: np.ndarray, heading: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(heading), np.sin(heading)
    x, y = vectors.T
    return np.stack([cos * x - sin * y, sin * x + cos * y], 1)


def perform_keyframes(
    walker: Walker, shape: BodyShape, motions: Path | None, joint_map: Path | None = None
) -> Performance:
    """The walker in each of their keyframes (still images: frames do not follow from each other),
    whose heading is where they face.

    Raises MotionError as `perform` does.
    """
    person = walker.person
    phase = np.array([moment.phase for moment in walker.keyframes])
    heading = np.array([moment.heading for moment in walker.keyframes])
    position = np.array([(moment.x, moment.y) for moment in walker.keyframes])
    turned = 0.0
    if person.motion and motions is not None:
        played = replay(motions / person.motion, shape, joint_map)
        rotations, _, lift = played.at(phase)
        turned = played.turned
    else:
        rotations, lift = np.empty((len(phase), len(BONES), 3, 3)), np.zeros(len(phase))
        for manner in {moment.manner for moment in walker.keyframes}:
            now = np.array([moment.manner == manner for moment in walker.keyframes])
            if manner == "stand":
                rng = _own_stream(walker)
                rotations[now], sway = stand_about(person.gait, shape, _ABOUT * phase[now], rng)
                position[now] += _turned(sway, heading[now])
            elif manner == "run":
                cycle = run_stride(person.gait, shape)
                rotations[now] = run_rotations(person.gait, phase[now], cycle.leg_swing)
                lift[now] = cycle.lift_at(phase[now])
            else:
                swing = measure_stride(person.gait, shape).leg_swing
                rotations[now] = joint_rotations(person.gait, phase[now], swing)
    posed = apply_posture(rotations, person.posture, shape)
    return Performance(position, heading - turned, posed, lift, phase % 1, turned)
