"""A shot, the unit of work: who walks where, seen by which cameras, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from vidsynth.backdrops.backdrop import Backdrop
from vidsynth.cameras.camera import Camera
from vidsynth.people.person import Person
from vidsynth.sites.site import Site

Manner = Literal["walk", "run", "stand", "captured"]


@dataclass(frozen=True)
class Moment:
    """Where a person is in one frame, metres, and what they do: ``heading`` radians, 0 along -y;
    ``phase`` in [0, 1) of their gait cycle, of a while of standing about, or of the loop of their
    motion-capture file, which ``manner`` does not change."""

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
    Where there are ``moments``, one for each frame, they say all of it instead.
    ``clock`` are the seconds, from frame 0, at which the way-points are passed; without it the
    walker keeps to ``pace``, m/s, or where that is None to that of their own gait. Someone who
    stands has pace 0 and faces along the path. ``party`` numbers the people who keep together in
    a shot, from 1; 0 for someone alone.
    """

    person: Person
    path: tuple[tuple[float, float], ...]
    start: float
    phase: float
    moments: tuple[Moment, ...] = ()
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
        lengths = np.hypot(*np.diff(np.array(self.path), axis=0).T)
        return np.interp(times, self.clock, np.concatenate([[0.0], np.cumsum(lengths)]))


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


@dataclass(frozen=True, eq=False)
class RenderedCrop:
    """One person in one frame of one camera, as scene light, before the camera's own look.

    ``light`` (H, W, 3) linear RGB float32, after the camera's automatic exposure; ``index``
    (H, W) int16: 0 the site, k the shot's walker k-1, or above these a bystander; ``depth`` (H, W)
    metres; ``box`` the crop in the full frame (x0, y0, x1, y1) pixels, x1 and y1 exclusive;
    ``body_box`` the person's own box there before jitter and clipping, float; ``visibility`` share
    of the body's points seen, in frame and unoccluded; ``truncation`` share of ``body_box`` outside
    the frame; ``keypoints_3d`` (17, 3) COCO order, metres; ``keypoints_2d`` (17, 2) frame pixels;
    ``azimuth`` degrees from which the camera sees the person: 0 the face, 90 the person's left, 180
    the back; ``depression`` degrees below the horizon at which the camera looks at the person;
    ``distance`` metres;
    ``velocity`` of the person in the frame, pixels per second.
    """

    walker: int
    camera_id: int
    frame: int
    light: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    box: tuple[int, int, int, int]
    body_box: tuple[float, float, float, float]
    visibility: float
    truncation: float
    keypoints_3d: np.ndarray
    keypoints_2d: np.ndarray
    azimuth: float
    depression: float
    distance: float
    velocity: tuple[float, float] = (0.0, 0.0)

    @property
    def people(self) -> tuple[RenderedCrop, ...]:
        """Whom the picture is of: the one person."""
        return (self,)


@dataclass(frozen=True, eq=False)
class RenderedFrame:
    """One whole frame of one camera, as scene light, before the camera's own look.

    ``light`` (H, W, 3), ``index`` (H, W) and ``depth`` (H, W) as in RenderedCrop, over the whole
    frame. ``people`` are the walkers who show in it, each as the crop that would have been cut out:
    its arrays are views of the frame's. Who else shows, bystanders and whoever is too near to the
    lens to have a box, is in ``index`` alone.
    """

    camera_id: int
    frame: int
    light: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    people: tuple[RenderedCrop, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The frame in itself: (0, 0, width, height)."""
        height, width = self.index.shape
        return 0, 0, width, height
