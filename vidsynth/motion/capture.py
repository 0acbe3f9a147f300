"""A captured motion, freed of its file's axes, units and joint names: what the body can be given.

World axes: z up, metres. Rest axes, as the body's own: x the person's left, y the back, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from vidsynth.errors import MotionError
from vidsynth.motion.bvh import Bvh, joints_of, read_bvh
from vidsynth.motion.bvh_joints import Joints, find_joints
from vidsynth.motion.joint_map import JointNames

UNITS = (1.0, 0.1, 0.0254, 0.01, 0.001, 0.0254 / 0.45)
"""Metres in a file's unit: metre, decimetre, inch, centimetre, millimetre, and CMU's, which is an
inch after scaling by 0.45 (their acclaim files' ``length 0.45``)."""

LEG = 0.84
"""Metres from hip to ankle of the adult the unit is guessed by."""

FEET = ("LeftFoot", "LeftToeBase", "RightFoot", "RightToeBase")

# A first frame further from the second than this many ordinary steps is a T-pose put in front.
_JUMP = 8.0


@dataclass(frozen=True, eq=False)
class Capture:
    """T frames at ``fps``. ``leg`` metres from hip to ankle; ``hips`` (T, 3); ``facing`` (T,)
    radians, 0 along -y, anticlockwise; ``points`` (T, P, 3) joints of limbs and head; ``feet``
    (T, 4, 3) as in FEET, toes that the file lacks at the ankle.

    Of the K ``bones``, by the body's names: ``turns`` (T, K, 3, 3) from rest to world; ``aims``
    (T, K, 3) unit vectors along the bone in the world and ``rest_aims`` (K, 3) in the rest pose,
    NaN where the file's bone has no length or no end.
    """

    path: Path
    fps: float
    leg: float
    hips: np.ndarray
    facing: np.ndarray
    points: np.ndarray
    feet: np.ndarray
    bones: tuple[str, ...]
    turns: np.ndarray
    aims: np.ndarray
    rest_aims: np.ndarray


def load_capture(path: Path, named: JointNames | None = None) -> Capture:
    """The file's motion; ``named`` are its joints where no naming known here fits. Raises
    MotionError."""
    bvh = read_bvh(path)
    joints = find_joints(bvh, named)
    positions, rotations = joints_of(bvh)
    rest = np.zeros_like(bvh.offsets)
    for joint, parent in enumerate(bvh.parents):
        rest[joint] = bvh.offsets[joint] + (rest[parent] if parent >= 0 else 0)
    limbs = joints.limbs
    leg = _leg(bvh, rest, limbs)
    unit = UNITS[int(np.abs(np.log(np.array(UNITS) * leg / LEG)).argmin())]
    body_axes, world_axes = _rest_axes(bvh, rest, limbs), _world_axes(positions, joints)
    positions = positions @ world_axes.T * unit
    start = _after_t_pose(positions)
    positions, rotations = positions[start:], rotations[start:]
    plan = _bones(joints)
    turns = np.stack([world_axes @ rotations[:, turn] @ body_axes.T for _, turn, _, _ in plan], 1)
    aims = [_aim(positions, head, tails, unit * leg) for _, _, head, tails in plan]
    rest_aims = [
        _aim((rest @ body_axes.T)[None] * unit, h, tails, unit * leg)[0] for _, _, h, tails in plan
    ]
    left = positions[:, limbs["LeftUpLeg"]] - positions[:, limbs["RightUpLeg"]]
    shown = [*limbs.values(), *([joints.head] if joints.head is not None else [])]
    feet = [limbs.get(name, limbs[name.replace("ToeBase", "Foot")]) for name in FEET]
    return Capture(
        path=path,
        fps=1 / bvh.frame_time,
        leg=float(unit * leg),
        hips=positions[:, joints.hips],
        facing=np.unwrap(np.arctan2(left[:, 1], left[:, 0])),
        points=positions[:, shown],
        feet=positions[:, feet],
        bones=tuple(name for name, *_ in plan),
        turns=turns,
        aims=np.stack(aims, 1),
        rest_aims=np.stack(rest_aims),
    )


_Bone = tuple[str, int, int, tuple[int, ...]]


def _bones(joints: Joints) -> list[_Bone]:
    """Each bone of ours with the joint that turns it, the joint it starts at and those whose
    middle it points to (none: it only turns)."""
    limbs = joints.limbs
    bones: list[_Bone] = [("Hips", joints.hips, joints.hips, ())]
    top = (*joints.neck, joints.head) if joints.head is not None else ()
    above = (top[0],) if top else tuple(j for j in joints.collars if j is not None)
    bones += _chain(("LowerBack", "Spine", "Spine1"), joints.spine, above)
    if joints.head is not None:
        bones += _chain(("Neck", "Neck1"), joints.neck, (joints.head,))
        bones.append(("Head", joints.head, joints.head, ()))
    for side, collar, knuckles in zip(
        ("Left", "Right"), joints.collars, joints.knuckles, strict=True
    ):
        if collar is not None:
            bones.append((f"{side}Shoulder", collar, collar, ()))
        for part, end in (
            ("UpLeg", "Leg"), ("Leg", "Foot"), ("Foot", "ToeBase"), ("Arm", "ForeArm"),
            ("ForeArm", "Hand"),
        ):  # fmt: skip
            joint, tail = limbs[side + part], limbs.get(side + end)
            bones.append((side + part, joint, joint, () if tail is None else (tail,)))
        bones.append((f"{side}Hand", limbs[f"{side}Hand"], limbs[f"{side}Hand"], knuckles))
        if f"{side}ToeBase" in limbs:
            toe = limbs[f"{side}ToeBase"]
            bones.append((f"{side}ToeBase", toe, toe, ()))
    return bones


def _chain(names: tuple[str, ...], joints: tuple[int, ...], above: tuple[int, ...]) -> list[_Bone]:
    """Our bones laid along a chain of joints, which may be shorter or longer."""
    if not joints:
        return []
    few = len(joints) < len(names)
    cuts = np.round(np.linspace(0, len(joints), len(names) + 1)).astype(int)
    bones: list[_Bone] = []
    for k, (name, (start, end)) in enumerate(zip(names, pairwise(cuts), strict=True)):
        if few:  # several of ours share a joint
            start = k * len(joints) // len(names)
            end = start + 1
        tails = (joints[end],) if end < len(joints) else above
        bones.append((name, joints[start], joints[start], tails))
    return bones


def _aim(positions: np.ndarray, head: int, tails: tuple[int, ...], leg: float) -> np.ndarray:
    """Unit vectors (T, 3); NaN for a bone under 0.5 % of the leg."""
    if not tails:
        return np.full((len(positions), 3), np.nan)
    along = positions[:, tails].mean(1) - positions[:, head]
    length = np.linalg.norm(along, axis=1, keepdims=True)
    return np.where(length > 0.005 * leg, along / np.maximum(length, 1e-12), np.nan)


def _leg(bvh: Bvh, rest: np.ndarray, limbs: dict[str, int]) -> float:
    """From hip over knee to ankle, file units."""
    lengths: list[float] = [
        float(np.linalg.norm(rest[limbs[side + a]] - rest[limbs[side + b]]))
        for side in ("Left", "Right")
        for a, b in (("UpLeg", "Leg"), ("Leg", "Foot"))
    ]
    if min(lengths) < 1e-6 * max(1.0, max(lengths)):
        raise MotionError(
            f"{bvh.path}: expected thighs and shanks of some length, found OFFSET 0 below the "
            "hip or the knee: is it a person's skeleton?"
        )
    return float(sum(lengths) / 2)


def _nearest_axis(vector: np.ndarray) -> np.ndarray:
    k = int(np.abs(vector).argmax())
    return np.eye(3)[k] * np.sign(vector[k])


def _rest_axes(bvh: Bvh, rest: np.ndarray, limbs: dict[str, int]) -> np.ndarray:
    """(3, 3) from the file's axes to the body's, read off the rest pose."""
    feet = (rest[limbs["LeftFoot"]] + rest[limbs["RightFoot"]]) / 2
    up = _nearest_axis((rest[limbs["LeftUpLeg"]] + rest[limbs["RightUpLeg"]]) / 2 - feet)
    left = rest[limbs["LeftUpLeg"]] - rest[limbs["RightUpLeg"]]
    left = left - (left @ up) * up
    if np.linalg.norm(left) < 1e-6:
        raise MotionError(
            f"{bvh.path}: expected the left hip beside the right one in the rest pose, found "
            "both in one place: are its OFFSETs those of a person?"
        )
    left = _nearest_axis(left)
    return np.stack([left, np.cross(up, left), up])


def _world_axes(positions: np.ndarray, joints: Joints) -> np.ndarray:
    """(3, 3) from the file's axes to z up: people are upright on the average of their frames.

    The rest pose would not do: some files stand a lying rest pose up by turning the root."""
    limbs = joints.limbs
    arms = positions[:, [limbs["LeftArm"], limbs["RightArm"]]].mean(1)
    feet = positions[:, [limbs["LeftFoot"], limbs["RightFoot"]]].mean(1)
    up = _nearest_axis((arms - feet).mean(0))
    side = np.eye(3)[1 if up[0] else 0]
    return np.stack([side, np.cross(up, side), up])


def _after_t_pose(positions: np.ndarray) -> int:
    """1 where the first frame is not part of the motion, 0 else."""
    if len(positions) < 5:
        return 0
    steps = np.linalg.norm(np.diff(positions, axis=0), axis=2).mean(1)
    return int(steps[0] > max(_JUMP * np.median(steps[1:]), 0.02))
