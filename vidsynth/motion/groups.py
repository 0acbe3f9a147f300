"""Draws who walks together, and who walks, runs or stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.config import MotionConfig
from vidsynth.geometry.polylines import lengths, points_at
from vidsynth.motion.walker import Manner, Walker
from vidsynth.people.person import Person

LEAD = 1.2
"""Metres of path before the first and after the last frame: feet are planted beyond the body."""

ABREAST = 0.75
"""Metres between people who walk side by side (Costa, J. Nonverbal Behavior 34, 2010: 0.6-0.8)."""

_BEHIND = 1.1
_APART = 0.9
_SIZES, _SIZE_SHARES = (2, 3, 4), (0.65, 0.25, 0.10)
_TOO_OLD_TO_RUN = 75
_ROWS = {1: (1,), 2: (2,), 3: (3,), 4: (2, 2)}


@dataclass(frozen=True)
class Party:
    """People who keep together and move alike; mostly one person alone.

    members: their numbers in the shot.
    pace: m/s; None for someone who walks alone by their own gait.
    """

    members: tuple[int, ...]
    manner: Manner
    pace: float | None = None


def draw_parties(
    rng: np.random.Generator, people: Sequence[Person], shares: MotionConfig
) -> list[Party]:
    """Everyone of a shot in one party each, in order of the parties' first members.

    Who moves by a motion-capture file is alone and moves as it has them; nobody over 75 runs.
    """
    mean = float(np.dot(_SIZES, _SIZE_SHARES))
    begins = shares.group_share / (mean - shares.group_share * (mean - 1))
    free = [k for k, person in enumerate(people) if not person.motion]
    parties = [Party((k,), "captured") for k, person in enumerate(people) if person.motion]
    while free:
        # Drawn in any case: one share does not move the other's people.
        together, size, way = rng.random(), int(rng.choice(_SIZES, p=_SIZE_SHARES)), rng.random()
        members = tuple(free[: size if together < begins else 1])
        del free[: len(members)]
        parties.append(_party(members, way, people, shares))
    return sorted(parties, key=lambda party: party.members[0])


def _party(
    members: tuple[int, ...], way: float, people: Sequence[Person], shares: MotionConfig
) -> Party:
    gaits = [people[k].gait for k in members]
    if way < shares.stand_share:
        return Party(members, "stand", 0.0)
    runs = way < shares.stand_share + shares.run_share
    if runs and max(people[k].body.age for k in members) <= _TOO_OLD_TO_RUN:
        return Party(members, "run", float(np.mean([gait.run_speed for gait in gaits])))
    if len(members) == 1:
        return Party(members, "walk")
    # People who walk together go a little slower, and as fast as the slowest can bear.
    slowest, mean = min(gait.speed for gait in gaits), np.mean([gait.speed for gait in gaits])
    return Party(members, "walk", round(float(0.5 * slowest + 0.45 * mean), 4))


def party_speed(party: Party, people: Sequence[Person]) -> float:
    """Metres per second at which the party walks."""
    return people[party.members[0]].gait.speed if party.pace is None else party.pace


def walkers_of(
    party: Party, path: np.ndarray, people: Sequence[Person], number: int
) -> list[Walker]:
    """The party's members on the path (N, 2), metres, side by side.

    Up to three walk abreast, four in two rows; those who stand face each other. All phases are 0.
    """
    pace = party_speed(party, people)
    reached = lengths(path)
    if len(party.members) == 1:
        return [_walker(party, people[party.members[0]], path, LEAD, (), 0)]
    if party.manner == "stand":
        middle = points_at(path, np.array([LEAD]))[0]
        around = 2 * np.pi * np.arange(len(party.members)) / len(party.members) + path[0, 0]
        radius = _APART / 2 / np.sin(np.pi / len(party.members))
        spots = middle + radius * np.stack([np.cos(around), np.sin(around)], 1)
        return [
            _walker(party, people[k], np.stack([spot, middle]), 0.0, (), number)
            for k, spot in zip(party.members, spots, strict=True)
        ]
    ahead = np.gradient(path, axis=0)
    left = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.hypot(*ahead.T)[:, None]
    walkers = []
    order = iter(party.members)
    for row, size in enumerate(_ROWS[len(party.members)]):
        clock = tuple(((reached - LEAD + row * _BEHIND) / pace).round(4).tolist())
        for place in range(size):
            way = path + ABREAST * (place - (size - 1) / 2) * left
            walkers.append(_walker(party, people[next(order)], way, LEAD, clock, number))
    return walkers


def _walker(
    party: Party,
    person: Person,
    path: np.ndarray,
    start: float,
    clock: tuple[float, ...],
    number: int,
) -> Walker:
    way = tuple((round(float(x), 4), round(float(y), 4)) for x, y in path)
    return Walker(
        person, way, start, 0.0, manner=party.manner, pace=party.pace, clock=clock, party=number
    )
