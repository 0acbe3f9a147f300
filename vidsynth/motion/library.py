"""A folder of motion-capture files: listed, checked as a whole, given out to people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vidsynth.drawing.races import one_of
from vidsynth.errors import MotionError
from vidsynth.motion.captured_path import captured_speed
from vidsynth.motion.joint_map import read_joint_map
from vidsynth.people.person import Person
from vidsynth.user_files.folders import files_in, hashes

_SHOWN = 5


def bvh_files(directory: Path) -> tuple[str, ...]:
    """Names of the folder's ``.bvh`` files, sorted; those in folders below it do not count.

    Raises MotionError."""
    return files_in(directory, (".bvh",), "motion.bvh_directory", "BVH files", MotionError)


def check_files(directory: Path, joint_map: Path | None = None) -> None:
    """Reads every file. Raises MotionError about those that cannot be played."""
    if joint_map is not None:
        read_joint_map(joint_map)
    broken = []
    files = bvh_files(directory)
    for name in files:
        try:
            captured_speed(directory / name, 1.7, joint_map)
        except MotionError as error:
            broken.append(str(error))
    if broken:
        more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise MotionError(
            f"{len(broken)} of {len(files)} BVH files cannot be played; repair them or take them "
            f"out of motion.bvh_directory. {' '.join(broken[:_SHOWN])}{more}"
        )


def digests(directory: Path) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return hashes(directory, bvh_files(directory))


def give_motion(
    rng: np.random.Generator,
    person: Person,
    directory: Path,
    files: tuple[str, ...],
    share: float,
    joint_map: Path | None = None,
) -> Person:
    """The person, with one of the files and its speed with probability ``share``; ``joint_map`` may
    name the files' joints.

    Another share gives or takes motions, but nobody gets another one; another file moves only who
    gets it."""
    chosen, drawn = one_of(float(rng.random()), files), rng.random()
    if drawn >= share:
        return person
    speed = captured_speed(directory / chosen, person.body.stature, joint_map)
    return replace(person, motion=chosen, gait=replace(person.gait, speed=speed))
