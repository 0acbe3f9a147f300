"""The line-up of bodies in docs/people.md: both sexes, 12 to 85 years, every skin tone and build.

uv run tools/bodies_figure.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.colour import to_display
from vidsynth.config import BodiesConfig, BoxConfig
from vidsynth.motion.walker import Walker
from vidsynth.people.attributes import describe
from vidsynth.people.attributes.words import BUILDS
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.people.skin_and_hair import SKIN
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import frames_by_cameras

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/bodies.jpg"
FLOOR = Surface("plain", (0.55, 0.55, 0.55))
SITE = Site("open", False, (-20, -20, 20, 20), (-30, -30, 30, 30), (2, 4), FLOOR, ())
APART, FOCAL, DISTANCE, HEIGHT = 0.82, 4000.0, 30.0, 290


def main(picture: Path = PICTURE, quality: str = "standard") -> None:
    """Render the line-up; minutes on two cores."""
    rows = []
    for sex in ("female", "male"):
        row = people(sex)
        rows.append(captioned(render(row, quality), row))
    whole = Image.new("RGB", (rows[0].width, sum(row.height for row in rows)), "white")
    for k, row in enumerate(rows):
        whole.paste(row, (0, k * row.height))
    whole.save(picture, quality=88, optimize=True)
    print(f"wrote {picture}")


def people(sex: str) -> list[Person]:
    """One of each skin tone, from the youngest to the oldest, the builds in turn."""
    tones = list(SKIN)
    mixed = np.random.default_rng(5).permutation(len(tones))
    found = []
    for k, age in enumerate(np.linspace(12, 85, len(tones))):
        span = (max(age - 1.5, 12.0), min(age + 1.5, 85.0))
        config = BodiesConfig(
            ages=span, female_share=float(sex == "female"), skin_tones=(tones[mixed[k]],)
        )
        drawn = (sample_person(np.random.default_rng((k, n)), k + 1, config) for n in range(500))
        build = BUILDS[(k + (sex == "male")) % 3]
        found.append(next(p for p in drawn if describe(p)["body_type"].endswith(build)))
    return found


def render(row: list[Person], quality: str, turn: float = 0.35) -> np.ndarray:
    """They stand in a line and look at the camera: (H, W, 3) uint8."""
    from vidsynth.blender.renderer import Renderer

    walkers = []
    for k, person in enumerate(row):
        x = (k - (len(row) - 1) / 2) * APART
        ahead = (x + 9 * np.sin(turn), -9 * np.cos(turn))
        walkers.append(Walker(person, ((x, 0.0), ahead), 0.0, 0.36 + 0.5 * (k % 2)))
    width = int(len(row) * APART * FOCAL / DISTANCE)
    camera = Camera(
        1, "open", width, HEIGHT, FOCAL, (0.0, -DISTANCE, 2.5), (0.0, 0.0, 0.9), Photometry()
    )
    shot = Shot(
        0, "open", SITE, "noon", "overcast", tuple(walkers), frames_by_cameras(1, (camera,)), 8.0, 7
    )
    picture = Renderer(quality, "auto", BoxConfig()).view(shot, camera, 0)
    return np.rint(255 * to_display(np.clip(1.6 * picture.light, 0, 1))).astype(np.uint8)


def captioned(pixels: np.ndarray, row: list[Person]) -> Image.Image:
    """The picture with age, stature and body mass index under everyone."""
    tile = Image.new("RGB", (pixels.shape[1], pixels.shape[0] + 44), (250, 250, 248))
    tile.paste(Image.fromarray(pixels))
    draw, font = ImageDraw.Draw(tile), ImageFont.load_default(size=11)
    for k, person in enumerate(row):
        body, left = person.body, k * pixels.shape[1] // len(row) + 14
        lines = (
            f"{body.age:.0f} y, {body.stature:.2f} m",
            f"BMI {body.bmi:.0f}",
            person.skin_name.replace("intermediate", "interm."),
        )
        for line, words in enumerate(lines):
            draw.text((left, pixels.shape[0] + 2 + 13 * line), words, (60, 60, 60), font)
    return tile


if __name__ == "__main__":
    typer.run(main)
