"""When shots are filmed: one clock for the whole data set, in seconds from midnight of day 0.

People come in waves. A wave walks from site to site together, so each of its people needs the time
that the way and their own speed ask for; it begins a new walk after ``clock.walk`` sightings, or
where people have changed clothes: on another day, or at a later hour of the same. No two waves
begin on one day, so nobody is expected where somebody else is being filmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DAY = 86_400.0
"""Seconds."""

HOURS = {
    "midnight": (23.0, 28.0),
    "dawn": (4.0, 6.0),
    "forenoon": (6.0, 11.0),
    "noon": (11.0, 13.0),
    "afternoon": (13.0, 18.0),
    "dusk": (18.0, 20.0),
    "night": (20.0, 23.0),
}
"""From when to when, o'clock, each hour of the day lasts: FineGPR's (Xiang et al., Less is More:
Learning from Synthetic Data with Fine-grained Attributes for Person Re-Identification, section on
illumination). Midnight ends at 4 on the next day."""

WAVE = 3
"""Shots' worth of people that walk together: few, so that nobody waits long for the others, and a
small set too is filmed at several hours and in several weathers."""

_SLOWEST = 0.5
_PAUSE = (2.0, 8.0)


@dataclass(frozen=True)
class ShotTime:
    """When a shot begins, ``start`` seconds on the clock, what that hour is called, and on which of
    its wave's outings, from 0, that is."""

    start: float
    hour: str
    outing: int = 0


@dataclass(frozen=True)
class Meeting:
    """A shot as the clock sees it: who is filmed at which site, in which round, and the wave that
    all of them belong to."""

    index: int
    round: int
    site: str
    person_ids: tuple[int, ...]
    wave: int = 0


@dataclass(frozen=True)
class Walks:
    """How waves walk: shots last ``seconds``; ``metres`` is the way between two sites, or within
    one; ``speed`` a person's, m/s; ``hour`` that of a wave's outing, both from 0; ``breaks`` the
    rounds, from 0, before which everybody goes home; ``same_day`` whether a wave's outing is to be
    on the day of the one before."""

    seconds: float
    metres: Callable[[str, str], float]
    speed: Callable[[int], float]
    hour: Callable[[int, int], str]
    breaks: frozenset[int]
    same_day: Callable[[int, int], bool] = lambda wave, outing: False


def schedule(
    meetings: Sequence[Meeting], waves: int, walks: Walks, rng: np.random.Generator
) -> Mapping[int, ShotTime]:
    """When each meeting of one wave begins, by its index; there are so many ``waves``.

    Nobody is at the next site before their own speed has taken them there, on the next outing of a
    day neither, and a site films one shot at a time. A walk that would outlast its hour of the day
    goes on with the wave's next outing.
    """
    moments: dict[int, ShotTime] = {}
    ready: dict[int, float] = {}
    was_at: dict[int, str] = {}
    outing, day, began, hour, free, last_round = -1, 0.0, 0.0, "", 0.0, -1
    for meeting in sorted(meetings, key=lambda m: (m.round, m.index)):
        arrivals = [
            ready[i] + walks.metres(was_at[i], meeting.site) / max(walks.speed(i), _SLOWEST)
            for i in meeting.person_ids
            if i in ready
        ]
        start = max([free, began, *arrivals])
        fresh = outing < 0 or (meeting.round != last_round and meeting.round in walks.breaks)
        if not fresh:
            latest = start + _PAUSE[1] + walks.seconds
            fresh = latest > day + HOURS[hour][1] * 3600 and start > began
        if fresh:
            outing += 1
            hour = walks.hour(meeting.wave, outing)
            first, last = HOURS[hour]
            drawn = 3600 * (first + rng.uniform(0.0, 0.4) * (last - first))
            began = max(start, day + drawn)
            too_late = began + _PAUSE[1] + walks.seconds > day + last * 3600
            if outing == 0 or too_late or not walks.same_day(meeting.wave, outing):
                day = (outing * waves + meeting.wave) * DAY
                while day + drawn < start:  # a way that takes longer than the night
                    day += waves * DAY
                began = day + drawn
            start = began
        start = round(start + float(rng.uniform(*_PAUSE)), 3)
        last_round, free = meeting.round, start + walks.seconds
        moments[meeting.index] = ShotTime(start, hour, outing)
        for person_id in meeting.person_ids:
            ready[person_id], was_at[person_id] = free, meeting.site
    return moments
