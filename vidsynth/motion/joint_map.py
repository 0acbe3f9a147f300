"""``motion.joint_map``: a YAML file that says what the joints of BVH skeletons are called."""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from strict_reading import Unreadable, parse_yaml, read_text, shown
from vidsynth.errors import MotionError
from vidsynth.motion.bvh_joints import PARTS

JointNames: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of a part of ours (``LeftUpLeg``) and the joint of a file."""


def read_joint_map(path: Path) -> JointNames:
    """The joints that a file names, in the order of our parts. Raises MotionError."""
    try:
        stamp = path.stat().st_mtime_ns
    except (OSError, ValueError):
        stamp = 0  # reading will say what is wrong
    return _read(path, stamp)


@lru_cache(maxsize=8)
def _read(path: Path, stamp: int) -> JointNames:
    where = f"motion.joint_map={path}"
    try:
        written = parse_yaml(read_text(path))
    except Unreadable as error:
        raise MotionError(f"Expected joints by part in {where}, found: {error}.") from None
    if not isinstance(written, dict) or not written:
        raise MotionError(
            f"Expected lines such as LeftUpLeg: thigh_l in {where}, found {shown(written)}."
        )
    parts = {part.lower(): part for part in PARTS}
    for part, joint in written.items():
        if part not in PARTS:
            near = difflib.get_close_matches(part.lower(), parts, 1, 0.4)
            hint = f"did you mean {parts[near[0]]}? " if near else ""
            raise MotionError(
                f"{where}: {shown(part)} is no part of a body: {hint}Parts are {', '.join(PARTS)}."
            )
        if not isinstance(joint, str) or not joint:
            raise MotionError(f"{where}: expected the name of a joint as {part}, found {joint!r}.")
    joints = list(written.values())
    twice = [joint for joint in joints if joints.count(joint) > 1]
    if twice:
        both = [part for part, joint in written.items() if joint == twice[0]]
        raise MotionError(
            f"{where}: {' and '.join(both)} are both {shown(twice[0])}: each part is a joint of "
            "its own."
        )
    return tuple((part, written[part]) for part in PARTS if part in written)
