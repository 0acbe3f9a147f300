"""Rendering options drawn from the config, each from a stream of its own: setting one to another
distribution leaves all others as they were."""

from __future__ import annotations

import zlib
from typing import Protocol

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.config.images import PER_CAMERA, ImageConfig, options
from vidsynth.planning.take import KeyLight, Occluder
from vidsynth.seeds import Purpose, stream


class Draw(Protocol):
    """The value of an option, by its name in the config; another one of it with ``again``."""

    def __call__(self, name: str, again: int = 0) -> float: ...


_COLOURS = (
    (0.32, 0.33, 0.35), (0.16, 0.17, 0.18), (0.62, 0.60, 0.56), (0.50, 0.12, 0.10),
    (0.13, 0.22, 0.40), (0.16, 0.30, 0.20), (0.70, 0.55, 0.16), (0.36, 0.24, 0.15),
)  # fmt: skip


def drawer(config: ImageConfig, person_id: int, camera_id: int, number: int) -> Draw:
    """Draws options for image ``number`` of a person under a camera.

    What is drawn per camera or per identity is the same in all images of either.
    """
    distributions = options(config)

    def draw(name: str, again: int = 0) -> float:
        option = distributions[name]
        scope = option.per or ("camera" if name in PER_CAMERA else "image")
        keys = {
            "image": (person_id, camera_id, number),
            "camera": (camera_id,),
            "identity": (person_id,),
        }
        address = (zlib.crc32(name.encode()), again, *keys[scope])
        return option.draw(stream(config.seed, Purpose.IMAGE_OPTION, len(address), *address))

    return draw


def look(draw: Draw) -> Photometry:
    """What the camera does to the light of one image."""
    red, blue = (float(np.exp(draw("look.colour_bias", again))) for again in (0, 1))
    return Photometry(
        exposure_ev=draw("look.exposure_ev"),
        white_balance=(round(red, 4), 1.0, round(blue, 4)),
        gamma=draw("look.gamma"),
        contrast=draw("look.contrast"),
        saturation=draw("look.saturation"),
        noise=draw("look.noise"),
        blur=draw("look.blur"),
        jpeg_quality=round(draw("look.jpeg_quality")),
    )


def key_light(config: ImageConfig, draw: Draw) -> KeyLight:
    """The direct light of one image."""
    azimuth = None if config.light.azimuth is None else draw("light.azimuth")
    elevation = None if config.light.elevation is None else draw("light.elevation")
    return KeyLight(azimuth, elevation, draw("light.intensity"))


def occluder(
    config: ImageConfig, draw: Draw, rng: np.random.Generator, cutouts: tuple[str, ...]
) -> Occluder | None:
    """Something in front of the person, or nothing."""
    chance, kind = rng.random(), str(rng.choice(config.occluders.kinds))
    near, aside, width = rng.uniform(0.45, 0.9), rng.normal(0, 0.15), rng.uniform(0.6, 1.5)
    colour = _COLOURS[rng.integers(len(_COLOURS))]
    picture = cutouts[rng.integers(len(cutouts))] if cutouts and kind == "picture" else ""
    if chance >= config.occluders.probability:
        return None
    return Occluder(
        kind,
        draw("occluders.cover"),
        round(float(near), 4),
        round(float(np.clip(aside, -0.35, 0.35)), 4),
        round(float(width), 4),
        colour,
        picture,
    )
