"""Rendering options of one image, out of what the config says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.config.images import ImageConfig
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.drawing.races import one_of
from vidsynth.motion.walker import Keyframe, Manner
from vidsynth.people.person import Person
from vidsynth.planning.framing import View
from vidsynth.planning.take import KeyLight, Occluder
from vidsynth.seeds import Purpose, stream

_COLOURS = (
    (0.32, 0.33, 0.35), (0.16, 0.17, 0.18), (0.62, 0.60, 0.56), (0.50, 0.12, 0.10),
    (0.13, 0.22, 0.40), (0.16, 0.30, 0.20), (0.70, 0.55, 0.16), (0.36, 0.24, 0.15),
)  # fmt: skip


def image_draws(drawable: Drawable, person_id: int, camera_id: int, number: int) -> Draws:
    """The rendering options of image ``number`` of a person under a camera."""
    return Draws(
        drawable,
        {
            "image": (person_id, camera_id, number),
            "camera": (camera_id,),
            "identity": (person_id,),
        },
    )


def draw_view(config: ImageConfig, draw: Draws, camera_id: int, rng: np.random.Generator) -> View:
    """What options say; in a grid the camera goes round a person who stands still."""
    grid = config.grid.views
    azimuth = (camera_id - 1) * 360 / grid if grid else draw("view.azimuth") % 360
    turned = np.radians(azimuth) if grid else rng.uniform(0, 2 * np.pi)
    return View(
        azimuth=azimuth,
        depression=draw("view.depression"),
        distance=draw("view.distance"),
        bearing=round(float(turned % (2 * np.pi)), 9),
        height=round(max(16.0, draw("view.height") * draw("view.height_jitter")), 3),
        aspect=None if config.view.aspect is None else draw("view.aspect"),
    )


def look(draw: Draws) -> Photometry:
    """What the camera does to the light of one image."""
    red, blue = (float(np.exp(draw(f"look.{name}_bias"))) for name in ("red", "blue"))
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


def key_light(config: ImageConfig, draw: Draws) -> KeyLight:
    """The direct light of one image."""
    azimuth = None if config.light.azimuth is None else draw("light.azimuth")
    elevation = None if config.light.elevation is None else draw("light.elevation")
    return KeyLight(azimuth, elevation, draw("light.intensity"))


def occluder(
    config: ImageConfig, draw: Draws, rng: np.random.Generator, cutouts: tuple[Path, ...]
) -> Occluder | None:
    """Something in front of the person, or nothing; ``cutouts`` are pictures it may be."""
    chance, kind = rng.random(), config.occluders.kinds.draw(rng)
    near, aside, width = rng.uniform(0.45, 0.9), rng.normal(0, 0.15), rng.uniform(0.6, 1.5)
    colour = _COLOURS[rng.integers(len(_COLOURS))]
    which = float(rng.random())
    names = {path.name: path for path in cutouts}
    picture = names[one_of(which, names)] if kind == "picture" else None
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


def manner(config: ImageConfig, person: Person, where: tuple[int, ...]) -> Manner:
    """What the person does in the image at that address; from all sides of a grid the same."""
    if person.motion:
        return "captured"
    chance = stream(config.seed, Purpose.IMAGE, person.person_id, *where, 5).random()
    pose = config.pose
    return "run" if chance < pose.run else "stand" if chance < pose.run + pose.stand else "walk"


def beside(
    config: ImageConfig, here: Keyframe, view: View, draw: Draws, rng: np.random.Generator
) -> tuple[bool, Keyframe]:
    """Whether there is a companion in the picture, and where they are."""
    chance, nearer = rng.random(), rng.random()
    side = rng.choice((-1.0, 1.0)) * rng.uniform(50, 90)
    turned, phase = here.heading + rng.normal(0, 0.4), float(rng.random())
    if chance >= config.companion.probability:
        return False, replace(here, phase=0.0)
    if nearer >= config.companion.in_front:
        side = 180 - side  # behind the person, seen from the camera
    direction, gap = view.bearing + np.radians(side), draw("companion.distance")
    return True, Keyframe(
        round(here.x + gap * float(np.cos(direction)), 4),
        round(here.y + gap * float(np.sin(direction)), 4),
        round(float(turned), 6),
        round(phase, 4),
    )
