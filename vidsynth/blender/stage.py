"""A shot set up in Blender: the place, its light, and people who are posed frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vidsynth.blender.place import build_place
from vidsynth.blender.session import new_scene
from vidsynth.blender.sky import light_by_panorama, light_by_sky
from vidsynth.blender.walkers import PersonObject, add_person
from vidsynth.body.hands import bend_fingers
from vidsynth.body.model import BodyShape, body_model
from vidsynth.motion.bystanders import POOL
from vidsynth.motion.performance import Performance, ground_velocity, perform
from vidsynth.motion.standing import upright
from vidsynth.motion.walker import Walker
from vidsynth.people.figure import Figure, dress
from vidsynth.people.person import Person
from vidsynth.people.wearing import put_on_accessories
from vidsynth.places.sky.air import draw_air
from vidsynth.places.sky.light import daylight
from vidsynth.planning.shot import Shot
from vidsynth.seeds import Purpose, stream


@dataclass(frozen=True, eq=False)
class PosedWalker:
    """A walker in one frame, world metres.

    figure: (N, 3) vertices of the dressed figure.
    outline: those of them that the person's box is drawn around.
    probes: (P, 3) points spread evenly over the figure.
    body: (V, 3) vertices of the body.
    heading: radians, 0 along -y, in which they face.
    velocity: (3,) metres per second.
    phase: in [0, 1), of what they do.
    """

    figure: np.ndarray
    outline: np.ndarray
    probes: np.ndarray
    body: np.ndarray
    heading: float
    velocity: np.ndarray
    phase: float


@dataclass(frozen=True, eq=False)
class _Member:
    actor: PersonObject
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
        room = shot.room_light
        if room is not None:
            light = room.ambient
        build_place(shot.place, light.lamps, air, room)
        rng = stream(shot.sky, Purpose.SUN)
        if shot.panorama is None:
            light_by_sky(light, rng)
        else:
            light_by_panorama(shot.panorama, rng)
        self._times = np.arange(shot.frames) / shot.fps
        self._shot = shot
        self._members: list[_Member] = []

    def enter(self) -> None:
        """Add everyone to the scene.

        Walker k has k + 1 in the object-index pass, bystanders the numbers after the walkers'.
        """
        assets = self._shot.assets
        people = [(w, _dressed(w.person, assets, _runs(w))) for w in self._shot.walkers]
        people += [(w, _known(w.person, assets, _runs(w))) for w in self._shot.bystanders]
        self._members = [self._add(w, k + 1, worn) for k, (w, worn) in enumerate(people)]

    def at(self, frame: int) -> list[PosedWalker]:
        """Move everyone to where they are in ``frame``; returns the walkers."""
        stood = [_posed(member, frame) for member in self._members]
        for member, standing in zip(self._members, stood, strict=True):
            member.actor.move(standing.figure)
        return stood[: len(self._shot.walkers)]

    def _add(self, walker: Walker, index: int, dressed: tuple[BodyShape, Figure]) -> _Member:
        shape, figure = dressed
        trunk, bag = figure.trunk(shape), figure.at_hips(shape)
        motions, joint_map = self._shot.motions, self._shot.joint_map
        performance = perform(walker, shape, self._times, motions, trunk, joint_map, bag)
        velocity = np.insert(ground_velocity(performance, walker, self._shot.fps), 2, 0.0, axis=1)
        actor = add_person(walker.person, figure, index, self._shot.textures)
        return _Member(actor, figure, shape, performance, velocity)


def _runs(walker: Walker) -> bool:
    return walker.manner == "run"


def _dressed(person: Person, assets: Path | None, running: bool) -> tuple[BodyShape, Figure]:
    shape = bend_fingers(body_model().shape(person.body), person.posture, running)
    still = upright(person.gait, person.posture, shape)
    return shape, put_on_accessories(person, shape, dress(person, shape, assets), still)


@lru_cache(maxsize=POOL)
def _known(person: Person, assets: Path | None, running: bool) -> tuple[BodyShape, Figure]:
    """A bystander, dressed once for all shots."""
    return _dressed(person, assets, running)


def _posed(member: _Member, frame: int) -> PosedWalker:
    """The lowest sole is on the ground, whichever foot it is, except in the flight of a run."""
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
    velocity, phase = member.velocity[frame], float(acted.phase[frame])
    facing = float(acted.facing[frame])
    return PosedWalker(figure, outline, probes, placed, facing, velocity, phase)
