"""What an image is made of, before and after rendering: plain data."""

from __future__ import annotations

from dataclasses import dataclass

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.develop.picture import RenderedCrop
from vidsynth.motion.walker import Manner
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.planning.shot import Shot


@dataclass(frozen=True)
class View:
    """From where: ``azimuth``, ``depression`` degrees and ``distance`` metres as of RenderedCrop;
    ``bearing`` radians, the direction from the person to the camera over the ground, from +x;
    ``height`` pixels of the person."""

    azimuth: float
    depression: float
    distance: float
    bearing: float
    height: float


@dataclass(frozen=True)
class KeyLight:
    """Direct light ``azimuth`` degrees right of the camera, None where the place has it;
    ``elevation`` degrees, None for the hour's; ``intensity`` a factor."""

    azimuth: float | None
    elevation: float | None
    intensity: float


@dataclass(frozen=True)
class Occluder:
    """Something between camera and person: ``kind`` box, pole, rail or picture.

    ``cover`` share of the person's height (of the width, for a pole); ``near`` metres before the
    person's middle; ``aside`` metres to the camera's right; ``width`` metres; ``colour``
    sRGB; ``picture`` the cut-out's name.
    """

    kind: str
    cover: float
    near: float
    aside: float
    width: float
    colour: tuple[float, float, float]
    picture: str = ""


@dataclass(frozen=True)
class Take:
    """One image: ``number`` counts the person's images under the camera from 0. ``companion`` says
    whether the shot's second person is in the picture; ``backdrop`` a photograph behind them.
    ``place`` is the number of site or picture in the name of the file.
    """

    camera_id: int
    number: int
    query: bool
    view: View
    look: Photometry
    light: KeyLight
    phase: float
    manner: Manner
    place: int
    backdrop: Backdrop | None = None
    occluder: Occluder | None = None
    companion: bool = False


@dataclass(frozen=True)
class ImageShot:
    """Images of one identity in one scene: frame k of ``shot`` is ``takes[k]``. The shot's first
    walker is the identity, the second, if there is one, the companion; it has no cameras, since
    every take has its own."""

    shot: Shot
    takes: tuple[Take, ...]


@dataclass(frozen=True, eq=False)
class RenderedImage:
    """An image's light and labels, and the camera it was taken with."""

    crop: RenderedCrop
    camera: Camera
