"""A shot set up in Blender: the place, its light, and people who stand where a frame wants them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vidsynth.blender.place import build_place
from vidsynth.blender.session import new_scene
from vidsynth.blender.sky import daylight, hang_sky
from vidsynth.blender.walkers import Actor, cast
from vidsynth.motion.bystanders import POOL
from vidsynth.motion.performance import Performance, perform
from vidsynth.people.body import BodyShape, body_model
from vidsynth.people.figure import Figure, dress
from vidsynth.people.person import Person
from vidsynth.seeds import Purpose, stream
from vidsynth.shot import Shot, Walker


@dataclass(frozen=True, eq=False)
class Standing:
    """A walker in one frame: ``figure`` (N, 3) and ``body`` (V, 3) vertices in world metres,
    ``probes`` (P, 3) points spread evenly over the figure, ``heading`` radians (0 looks along -y).
    """

    figure: np.ndarray
    probes: np.ndarray
    body: np.ndarray
    heading: float


@dataclass(frozen=True, eq=False)
class _Member:
    actor: Actor
    figure: Figure
    shape: BodyShape
    performance: Performance


class Stage:
    """Blender's scene for one shot. A new stage clears away the one before."""

    def __init__(self, shot: Shot, quality: str, device: str) -> None:
        new_scene(quality, device)
        build_place(shot.place)
        light = daylight(shot.hour, shot.weather, shot.place.indoor)
        hang_sky(light, shot.weather, stream(shot.seed, Purpose.SUN))
        self._times = np.arange(shot.frames) / shot.fps
        self._shot = shot
        self._company: list[_Member] = []

    def enter(self) -> None:
        """Bring everyone in; walker k carries k + 1 in the object-index pass, and bystanders carry
        the numbers after the walkers'."""
        walkers, bystanders = self._shot.walkers, self._shot.bystanders
        self._company = [self._cast(w, k + 1, _dressed(w.person)) for k, w in enumerate(walkers)]
        self._company += [
            self._cast(w, len(walkers) + k + 1, _known(w.person)) for k, w in enumerate(bystanders)
        ]

    def at(self, frame: int) -> list[Standing]:
        """Move everyone to where they are in ``frame``; returns the walkers."""
        stood = [_stand(member, frame) for member in self._company]
        for member, standing in zip(self._company, stood, strict=True):
            member.actor.move(standing.figure)
        return stood[: len(self._shot.walkers)]

    def _cast(self, walker: Walker, index: int, dressed: tuple[BodyShape, Figure]) -> _Member:
        shape, figure = dressed
        performance = perform(walker, shape, self._times, self._shot.motions)
        return _Member(cast(walker.person, figure, index), figure, shape, performance)


def _dressed(person: Person) -> tuple[BodyShape, Figure]:
    shape = body_model().shape(person.body)
    return shape, dress(person, shape)


@lru_cache(maxsize=POOL)
def _known(person: Person) -> tuple[BodyShape, Figure]:
    """A bystander as dressed for the shot before: they are few, and come again and again."""
    return _dressed(person)


def _stand(member: _Member, frame: int) -> Standing:
    """The lowest sole is on the ground, whichever foot it belongs to, but in a run's flight."""
    acted = member.performance
    body = body_model().pose(member.shape, acted.rotations[frame : frame + 1])[0]
    figure = member.figure.pose(body)
    heading, (x, y) = acted.heading[frame], acted.position[frame]
    c, s = np.cos(heading), np.sin(heading)
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32)
    shift = np.array([x, y, acted.lift[frame] - figure[:, 2].min()], np.float32)
    figure = figure @ turn + shift
    probes = figure[member.figure.triangles[member.figure.probes]].mean(1)
    return Standing(figure, probes, body @ turn + shift, float(heading))
