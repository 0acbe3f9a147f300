"""Someone's way through a shot: where they are in every frame, and how they move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vidsynth.geometry.polylines import lengths
from vidsynth.people.person import Person

Manner = Literal["walk", "run", "stand", "captured"]


@dataclass(frozen=True)
class Keyframe:
    """Where a person is in one frame and what they do there.

    ``x``, ``y`` metres; ``heading`` radians, 0 along -y; ``phase`` in [0, 1) of their gait cycle,
    of a while of standing about, or of the loop of their motion-capture file, which ``manner`` does
    not change.
    """

    x: float
    y: float
    heading: float
    phase: float
    manner: Manner = "walk"


@dataclass(frozen=True)
class Walker:
    """A person's way through a shot, walking, running, standing, or as a captured file has it.

    ``path`` are way-points (x, y) in metres joined by straight lines; ``start`` is the distance
    already covered at frame 0; ``phase`` in [0, 1) the point of the gait cycle at frame 0.
    Where there are ``keyframes``, one for each frame, they say all of it instead.
    ``clock`` are the seconds, from frame 0, at which the way-points are passed; without it the
    walker keeps to ``pace``, m/s, or where that is None to that of their own gait. Someone who
    stands has pace 0 and faces along the path. ``party`` numbers the people who keep together in
    a shot, from 1; 0 for someone alone.
    """

    person: Person
    path: tuple[tuple[float, float], ...]
    start: float
    phase: float
    keyframes: tuple[Keyframe, ...] = ()
    manner: Manner = "walk"
    pace: float | None = None
    clock: tuple[float, ...] = ()
    party: int = 0

    @property
    def speed(self) -> float:
        """Metres per second, on the average."""
        return self.person.gait.speed if self.pace is None else self.pace

    def reached(self, times: np.ndarray) -> np.ndarray:
        """Metres (T,) from the path's beginning at ``times`` (T,), seconds from frame 0."""
        if not self.clock:
            return self.start + self.speed * np.asarray(times, dtype=float)
        return np.interp(times, self.clock, lengths(np.array(self.path)))
