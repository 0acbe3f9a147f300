"""A folder of motion-capture files: checked as a whole, dealt out to people one by one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from vidsynth.errors import MotionError
from vidsynth.motion.way import captured_speed
from vidsynth.people.person import Person

_SHOWN = 5


def bvh_files(directory: Path) -> tuple[str, ...]:
    """Names of the folder's ``.bvh`` files, sorted; those in folders below it do not count.

    Raises MotionError."""
    try:
        names = [entry.name for entry in directory.iterdir() if entry.is_file()]
    except OSError as error:
        raise MotionError(
            f"Expected a folder of BVH files at motion.bvh_directory={directory}, found: "
            f"{error.strerror}."
        ) from None
    found = tuple(sorted(name for name in names if name.lower().endswith(".bvh")))
    if not found:
        raise MotionError(
            f"Expected files named *.bvh in motion.bvh_directory={directory}, found none among "
            f"{len(names)} files."
        )
    return found


def check_files(directory: Path) -> None:
    """Reads every file. Raises MotionError about those that cannot be played."""
    broken = []
    files = bvh_files(directory)
    for name in files:
        try:
            captured_speed(directory / name, 1.7)
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
    return {
        name: hashlib.sha256((directory / name).read_bytes()).hexdigest()
        for name in bvh_files(directory)
    }


def give_motion(
    rng: np.random.Generator,
    person: Person,
    directory: Path,
    files: tuple[str, ...],
    share: float,
) -> Person:
    """The person, with one of the files and its speed with probability ``share``.

    Another share gives or takes motions, but nobody gets another one."""
    chosen, drawn = str(files[rng.integers(len(files))]), rng.random()
    if drawn >= share:
        return person
    speed = captured_speed(directory / chosen, person.body.stature)
    return replace(person, motion=chosen, gait=replace(person.gait, speed=speed))
