"""A shot, the unit of work: who walks where, seen by which cameras, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vidsynth.cameras.camera import Camera
from vidsynth.motion.walker import Walker
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites.site import Site


@dataclass(frozen=True)
class Shot:
    """One site at one hour and weather, K people, C cameras, T frames at ``fps``.

    ``place`` is the site as the cameras know it: the same in every shot of a data set. ``seed``
    drives everything random inside the shot; nothing else does. ``motions`` is the folder of the
    motion-capture files that people name, ``assets`` that of their MakeHuman assets, ``textures``
    that of the pictures their clothes are made of. ``time`` is
    when frame 0 is filmed, seconds on the data set's clock; ``panorama`` an HDRI in place of the
    procedural sky; ``backdrops`` the photographs that cameras, by number, have in place of the
    site. ``bystanders`` are seen and hide others, but nobody cuts them out or names
    them. Shots of one outing share a ``sky_seed``; without one the sky is the shot's own.
    """

    index: int
    site: str
    place: Site
    hour: str
    weather: str
    cameras: tuple[Camera, ...]
    walkers: tuple[Walker, ...]
    frames: int
    fps: float
    seed: int
    motions: Path | None = None
    time: float = 0.0
    panorama: Path | None = None
    assets: Path | None = None
    textures: Path | None = None
    backdrops: tuple[tuple[int, Backdrop], ...] = ()
    bystanders: tuple[Walker, ...] = ()
    sky_seed: int | None = None

    @property
    def sky(self) -> int:
        """The seed of how much fog, rain or snow there is, and of where sun and clouds are."""
        return self.seed if self.sky_seed is None else self.sky_seed

    @property
    def sky_name(self) -> str:
        """What labels call the sky: the HDRI's name, procedural, or indoor."""
        if self.place.indoor:
            return "indoor"
        return self.panorama.name if self.panorama else "procedural"
