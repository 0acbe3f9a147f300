"""One person in one developed picture: what rows of crops and images are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import atan2, degrees, nan

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.colour import luminance
from vidsynth.develop.photometry import sharpness
from vidsynth.develop.picture import RenderedPerson, RenderedPicture
from vidsynth.motion.walker import Keyframe
from vidsynth.places.sky.air import Air
from vidsynth.planning.framing import Framing, View
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import Subject, Take


@dataclass(frozen=True, eq=False)
class Sighting:
    """A person in a picture of a shot, developed and stored as ``file`` under the data set's root.

    ``pixels`` (h, w, 3) uint8 are those of the person's box; ``air`` is between them and the
    camera; ``tracklet`` the name of the tracklet that the crop is in, empty for none; ``ignored``
    says that filters would have dropped the crop.
    """

    shot: Shot
    picture: RenderedPicture
    person: RenderedPerson
    pixels: np.ndarray
    air: Air
    file: str
    tracklet: str = ""
    ignored: bool = False
    measured: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "measured", measure(self.pixels))

    @property
    def take(self) -> Take:
        return self.picture.take

    @property
    def camera(self) -> Camera:
        return self.picture.camera

    @property
    def look(self) -> Photometry:
        return self.picture.camera.photometry

    @property
    def subject(self) -> Subject:
        return self.picture.take.subjects[self.person.walker]

    @property
    def time(self) -> float:
        """Seconds on the data set's clock."""
        return time_of(self.shot, self.take.frame)

    @property
    def keyframe(self) -> Keyframe:
        """Of an image: where the person is and what they do."""
        return self.shot.walkers[self.person.walker].keyframes[self.take.frame]

    @property
    def view(self) -> View:
        """Of an image: how its camera was asked to see the person."""
        assert isinstance(self.take.camera, Framing)
        return self.take.camera.view

    @property
    def light(self) -> tuple[str, float, float]:
        """The direct light: its kind, empty for none, and degrees right of the camera, from -180 to
        180, and above the ground."""
        found = self.person.lit_by
        if found is None:
            return "", nan, nan
        x, y, _ = -self.camera.R[2]
        side = found.bearing - degrees(atan2(y, x))
        return found.kind, (round(side, 4) + 180) % 360 - 180, found.elevation


def measure(pixels: np.ndarray) -> dict[str, float]:
    """Brightness and sharpness of pixels (H, W, 3) uint8."""
    return {"brightness": float(luminance(pixels).mean()), "sharpness": sharpness(pixels)}


def time_of(shot: Shot, frame: int) -> float:
    """When a frame is filmed: seconds on the data set's clock."""
    return round(shot.time + frame / shot.fps, 6)


def lamps_of(shot: Shot, take: Take) -> tuple[str, float]:
    """Which lamps of a room are on, and their kelvin; empty and NaN where there is no room."""
    room = None if take.backdrop is not None else shot.room_light
    return ("", nan) if room is None else (room.scheme, room.temperature)


def scene_of(shot: Shot, take: Take) -> dict[str, str | bool | None]:
    """Site, indoor, weather, hour and sky as labels say them, and ``background``.

    In front of a photograph all of them are ``picture``, and nobody knows whether it is indoors.
    """
    if take.backdrop is not None:
        scene = dict.fromkeys(("site", "weather", "hour", "sky"), "picture")
        return {**scene, "indoor": None, "background": take.backdrop.path.name}
    indoor = shot.place.indoor
    return {
        "site": shot.site,
        "indoor": indoor,
        "weather": "indoor" if indoor else shot.weather,
        "hour": "indoor" if indoor else shot.hour,
        "sky": shot.sky_name,
        "background": "",
    }
