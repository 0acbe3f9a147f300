"""A shot, the unit of work: who walks where, under what sky, and the takes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vidsynth.cameras.camera import Camera
from vidsynth.motion.walker import Walker
from vidsynth.places.sites.site import Site
from vidsynth.places.sky.rooms import RoomLight, draw_room_light
from vidsynth.planning.take import Take

Unit = Literal["crop", "frame", "image"]
"""What is rendered one at a time: a crop of a tracklet, a whole frame, an image that stands alone.
"""


@dataclass(frozen=True)
class Shot:
    """People at one site, at one hour, in one weather, and every exposure taken of them.

    ``place`` is the site as the cameras know it: the same in every shot of a data set;
    ``site_number`` counts sites from 1. ``walkers`` are who the takes are of; ``bystanders`` are
    seen and hide others, but nobody cuts them out or names them. Takes with a photograph in place
    of the site come last. ``fps`` is frames per second. ``seed`` drives everything random inside
    the shot; nothing else does. ``unit`` is what becomes of a take: a crop of each walker, which
    make tracklets (crop) or stand alone (image), or one picture with everybody in it (frame).

    ``time`` is when frame 0 is filmed, seconds on the data set's clock; ``panorama`` an HDRI in
    place of the procedural sky. Shots of one outing share a ``sky_seed``; without one the sky is
    the shot's own. ``motions`` is the folder of the motion-capture files that people name,
    ``joint_map`` the file that names their joints,
    ``assets`` that of their MakeHuman assets, ``textures`` that of the pictures their clothes are
    made of.
    """

    index: int
    site: str
    place: Site
    hour: str
    weather: str
    walkers: tuple[Walker, ...]
    takes: tuple[Take, ...]
    fps: float
    seed: int
    unit: Unit = "crop"
    bystanders: tuple[Walker, ...] = ()
    site_number: int = 1
    time: float = 0.0
    panorama: Path | None = None
    sky_seed: int | None = None
    motions: Path | None = None
    joint_map: Path | None = None
    assets: Path | None = None
    textures: Path | None = None

    @property
    def frames(self) -> int:
        """How many moments are filmed."""
        return 1 + max(take.frame for take in self.takes)

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The cameras that hang there, in order of id; framings are none yet."""
        found = {t.camera_id: t.camera for t in self.takes if isinstance(t.camera, Camera)}
        return tuple(found[camera_id] for camera_id in sorted(found))

    @property
    def sky(self) -> int:
        """The seed of how much fog, rain or snow there is, and of where sun and clouds are."""
        return self.seed if self.sky_seed is None else self.sky_seed

    @property
    def room_light(self) -> RoomLight | None:
        """How the room is lit; None outdoors."""
        return draw_room_light(self.sky, self.hour, self.place) if self.place.indoor else None

    @property
    def sky_name(self) -> str:
        """What labels call the sky: the HDRI's name, procedural, or indoor."""
        if self.place.indoor:
            return "indoor"
        return self.panorama.name if self.panorama else "procedural"
