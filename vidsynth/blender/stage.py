"""A shot set up in Blender: the place, its light, and people who stand where a frame wants them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vidsynth.blender.place import build_place
from vidsynth.blender.session import new_scene
from vidsynth.blender.sky import hang_panorama, hang_sky
from vidsynth.blender.walkers import Actor, cast
from vidsynth.body.hands import close_hands
from vidsynth.body.model import BodyShape, body_model
from vidsynth.motion.bystanders import POOL
from vidsynth.motion.performance import Performance, perform
from vidsynth.motion.standing import upright
from vidsynth.motion.walker import Walker
from vidsynth.people.figure import Figure, dress
from vidsynth.people.person import Person
from vidsynth.people.wearing import wear
from vidsynth.places.sky.air import draw_air
from vidsynth.places.sky.light import daylight
from vidsynth.planning.shot import Shot
from vidsynth.seeds import Purpose, stream


@dataclass(frozen=True, eq=False)
class Standing:
    """A walker in one frame: ``figure`` (N, 3) and ``body`` (V, 3) vertices in world metres,
    ``outline`` those of the figure that its box is drawn around, ``probes`` (P, 3) points spread
    evenly over the figure, ``heading`` radians (0 looks along -y), ``velocity`` (3,) metres per
    second.
    """

    figure: np.ndarray
    outline: np.ndarray
    probes: np.ndarray
    body: np.ndarray
    heading: float
    velocity: np.ndarray


@dataclass(frozen=True, eq=False)
class _Member:
    actor: Actor
    figure: Figure
    shape: BodyShape
    performance: Performance
    velocity: np.ndarray


class Stage:
    """Blender's scene for one shot. A new stage clears away the one before."""

    def __init__(self, shot: Shot, quality: str, device: str) -> None:
        new_scene(quality, device)
        light = daylight(shot.hour, shot.weather, shot.place.indoor)
        air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
        build_place(shot.place, light.lamps, air)
        rng = stream(shot.sky, Purpose.SUN)
        if shot.panorama is None:
            hang_sky(light, rng)
        else:
            hang_panorama(shot.panorama, rng)
        self._times = np.arange(shot.frames) / shot.fps
        self._shot = shot
        self._company: list[_Member] = []

    def enter(self) -> None:
        """Bring everyone in; walker k carries k + 1 in the object-index pass, and bystanders carry
        the numbers after the walkers'."""
        assets = self._shot.assets
        people = [(w, _dressed(w.person, assets, _runs(w))) for w in self._shot.walkers]
        people += [(w, _known(w.person, assets, _runs(w))) for w in self._shot.bystanders]
        self._company = [self._cast(w, k + 1, worn) for k, (w, worn) in enumerate(people)]

    def at(self, frame: int) -> list[Standing]:
        """Move everyone to where they are in ``frame``; returns the walkers."""
        stood = [_stand(member, frame) for member in self._company]
        for member, standing in zip(self._company, stood, strict=True):
            member.actor.move(standing.figure)
        return stood[: len(self._shot.walkers)]

    def _cast(self, walker: Walker, index: int, dressed: tuple[BodyShape, Figure]) -> _Member:
        shape, figure = dressed
        trunk = figure.trunk(shape)
        performance = perform(walker, shape, self._times, self._shot.motions, trunk)
        velocity = _velocity(performance, self._shot.fps, walker)
        actor = cast(walker.person, figure, index, self._shot.textures)
        return _Member(actor, figure, shape, performance, velocity)


def _runs(walker: Walker) -> bool:
    return walker.manner == "run"


def _dressed(person: Person, assets: Path | None, running: bool) -> tuple[BodyShape, Figure]:
    shape = close_hands(body_model().shape(person.body), person.posture, running)
    still = upright(person.gait, person.posture, shape)
    return shape, wear(person, shape, dress(person, shape, assets), still)


@lru_cache(maxsize=POOL)
def _known(person: Person, assets: Path | None, running: bool) -> tuple[BodyShape, Figure]:
    """A bystander as dressed for the shot before: they are few, and come again and again."""
    return _dressed(person, assets, running)


def _velocity(acted: Performance, fps: float, walker: Walker) -> np.ndarray:
    """(T, 3) metres per second over the ground; of a still, at the walker's own speed."""
    if walker.manner == "stand":
        over_ground = np.zeros_like(acted.position)
    elif len(acted.position) > 1:
        over_ground = np.gradient(acted.position, axis=0) * fps
    else:
        over_ground = walker.speed * np.stack([np.sin(acted.heading), -np.cos(acted.heading)], 1)
    return np.insert(over_ground, 2, 0.0, axis=1)


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
    outline = figure[member.figure.outline]
    placed = body @ turn + shift
    return Standing(figure, outline, probes, placed, float(heading), member.velocity[frame])
