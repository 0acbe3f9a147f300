"""The pictures of docs/motion.md, rendered anew.

uv run tools/motion_figure.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig
from vidsynth.motion.walker import Manner, Walker
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import frames_by_cameras

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
EIGHT = 8
STRIP = (1600, 330)
OPEN = Site(
    "open", False, (-9, -9, 9, 9), (-9, -9, 9, 9), (2, 4), Surface("paving", (0.5, 0.49, 0.47)), ()
)


def main(
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = IMAGES,
    quality: Annotated[str, typer.Option(help="fast, standard or high.")] = "standard",
    seed: Annotated[int, typer.Option(help="Of the person in the strips.")] = 21,
) -> None:
    """Render docs/images/motion.jpg: a walk, a run and a stand in eight phases, then a crowd."""
    person = sample_person(np.random.default_rng(seed), 1)
    manners: tuple[Manner, ...] = ("walk", "run", "stand")
    strips = [strip(person, manner, quality) for manner in manners]
    parts = [*strips, crowd(quality)]
    whole = Image.new("RGB", (STRIP[0], sum(part.height + 6 for part in parts) - 6), "white")
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height + 6
    output.mkdir(parents=True, exist_ok=True)
    whole.resize((1200, whole.height * 3 // 4), Image.Resampling.LANCZOS).save(
        output / "motion.jpg", quality=84, optimize=True
    )
    print(f"wrote {output / 'motion.jpg'}")


def strip(person: Person, manner: Manner, quality: str) -> Image.Image:
    """The person eight times in a row, each an eighth of a cycle on, or 1.5 s on when standing."""
    camera = Camera(
        1, "open", *STRIP, 1480.0, (9.0, 0.0, 1.6), (0.0, 0.0, 0.93), Photometry(contrast=1.2)
    )
    spaced = np.linspace(3.9, -3.9, EIGHT)
    if manner == "stand":
        # One and the same stand, later and later: each walker is seen in a frame of their own.
        tiles = []
        width = STRIP[0] // EIGHT
        walker = Walker(person, ((0.0, 0.0), (1.0, -0.3)), 0.0, 0.37, manner="stand", pace=0.0)
        scene = shot((walker,), camera, frames=EIGHT, fps=1 / 1.5)
        for frame in range(EIGHT):
            left = (STRIP[0] - width) // 2
            tiles.append(
                photograph(scene, camera, frame, quality).crop((left, 0, left + width, STRIP[1]))
            )
        row = Image.new("RGB", STRIP)
        for k, tile in enumerate(tiles):
            row.paste(tile, (k * width, 0))
        return row
    pace = person.gait.run_speed if manner == "run" else None
    walkers = tuple(
        Walker(person, ((0.0, y + 3.0), (0.0, y - 6.0)), 3.0, k / EIGHT, manner=manner, pace=pace)
        for k, y in enumerate(spaced)
    )
    return photograph(shot(walkers, camera), camera, 0, quality)


def shot(walkers: tuple[Walker, ...], camera: Camera, frames: int = 1, fps: float = 8.0) -> Shot:
    return Shot(
        0,
        "open",
        OPEN,
        "noon",
        "overcast",
        (),
        frames_by_cameras(frames, (camera,)),
        fps,
        7,
        bystanders=walkers,
    )


def crowd(quality: str) -> Image.Image:
    """A frame with fifteen passers-by, some of them together, one running, one standing."""
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.settings import load_config

    config = load_config(**CROWD)
    plan = TrackletPlan(config)
    scene = plan.shot(CROWDED)
    camera = scene.cameras[0]
    still = replace(camera, photometry=replace(camera.photometry, noise=1.0, blur=0.2))
    picture = photograph(scene, still, scene.frames // 2, quality)
    return picture.resize((STRIP[0], picture.height * STRIP[0] // picture.width))


CROWDED = 0
CROWD = {
    "seed": 5, "identities": 24, "frames": 16, "people_per_shot": 6, "sites": ["plaza"],
    "cameras": 2, "weathers": ["overcast"], "hours": ["noon"],
    "motion": {"group_share": 0.6, "run_share": 0.1, "stand_share": 0.15},
    "crowd": {"density": 7.0},
}  # fmt: skip


def photograph(scene: Shot, camera: Camera, frame: int, quality: str) -> Image.Image:
    """The camera's whole frame, developed."""
    from vidsynth.blender.renderer import Renderer
    from vidsynth.develop.photometry import develop
    from vidsynth.seeds import Purpose, stream

    picture = Renderer(quality, "auto", BoxConfig()).view(scene, camera, frame)
    return Image.fromarray(develop(picture, stream(0, Purpose.DEVELOP)))


if __name__ == "__main__":
    typer.run(main)
