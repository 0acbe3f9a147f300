"""The picture of docs/images.md: views, lights and occluders, photographs; minutes on two cores.

uv run tools/image_figure.py FOLDER_OF_PHOTOGRAPHS
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import typer
from PIL import Image

OUT = Path(__file__).resolve().parents[1] / "docs/images/images.jpg"
WIDTH, ROW, GAP = 1100, 150, 4
PAPER = (250, 250, 248)
PLAIN = ["test_share=0", "view.height=150", "view.height_jitter=1", "look.gamma=1"]
PLAIN += ["look.exposure_ev=0", "look.noise=1", "look.blur=0.2", "look.jpeg_quality=94"]
VIEWS = ["grid.views=18", "sites=[plaza]", "hours=[noon]", "weathers=[sunny]"]
VIEWS += ["view.depression=12", "view.distance=5", "light.azimuth=null", "look.red_bias=0"]
VIEWS += ["look.blue_bias=0"]
DRAWN = ["cameras=4", "cameras_per_identity=4", "images_per_camera=5"]
CROWDED = ["occluders.probability=0.5", "companion.probability=0.4"]


def main(photographs: Path) -> None:
    """Render docs/images/images.jpg anew."""
    from vidsynth.settings import load_config

    pictures = [f"backgrounds.directory={photographs}", "view.depression={uniform: [0, 25]}"]
    rows = [
        *in_rows(still([*PLAIN, *VIEWS], seed=9), 18),
        *in_rows(still([*PLAIN, *DRAWN, *CROWDED], seed=3), 18),
        *in_rows(still([*PLAIN, *DRAWN, *pictures], seed=12), 18),
    ]
    config = load_config(
        None,
        [f"backgrounds.directory={photographs}", "camera.noise=[0,1]", "camera.blur=[0,0.3]"],
        seed=4, identities=8, frames=4, cameras=8,
        camera={"width": 640, "height": 360, "person_height": [90, 150]},
    )  # fmt: skip
    rows.append(fit(frames(config, 3), 3))
    sheet = Image.new("RGB", (WIDTH, sum(row.height + GAP for row in rows) - GAP), PAPER)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + GAP
    sheet.save(OUT, quality=82, optimize=True)
    print(f"wrote {OUT}")


def still(words: list[str], seed: int, recipe: Path | None = None) -> list[Image.Image]:
    """Images of the first identity of a set, in order of camera and number."""
    import pyarrow.parquet as pq

    from vidsynth.run.production import produce
    from vidsynth.settings import load_image_config

    production = produce(load_image_config(recipe, words, identities=2, seed=seed))
    renderer = production.make_renderer(production.renderer)
    found: list[tuple[int, int, Image.Image]] = []
    with tempfile.TemporaryDirectory(prefix="figure-") as folder:
        room = Path(folder)
        for outline in production.plan.outlines:
            if outline.person_id > 1:
                break
            production.shoot(outline.index, renderer, room, lambda: None)
            table = pq.read_table(room / f"crops/{outline.index:06d}.parquet")
            for row in table.to_pylist():
                image = Image.open(room / row["file"]).convert("RGB")
                found.append((row["camera_id"], row["number"], image))
    return [image for *_, image in sorted(found, key=lambda entry: entry[:2])]


def in_rows(images: list[Image.Image], most: int) -> list[Image.Image]:
    """One row: as many as fit, all of one height."""
    strip = Image.new("RGB", (WIDTH, ROW), PAPER)
    left = 0
    for image in images[:most]:
        scaled = image.resize((round(image.width * ROW / image.height), ROW))
        if left + scaled.width > WIDTH:
            break
        strip.paste(scaled, (left, 0))
        left += scaled.width + GAP
    return [strip]


def frames(config: Any, count: int) -> list[Image.Image]:
    """Whole frames of cameras with photographs."""

    from vidsynth.blender.renderer import Renderer
    from vidsynth.develop.photometry import develop
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.seeds import Purpose, stream

    plan = TrackletPlan(config)
    renderer = Renderer(config.quality, "auto", config.boxes)
    shown: dict[int, Image.Image] = {}
    for outline in plan.outlines:
        shot = plan.shot(outline.index)
        camera = shot.cameras[0]
        if camera.camera_id in shown:
            continue
        pixels = develop(renderer.view(shot, camera, 2), stream(0, Purpose.DEVELOP))
        shown[camera.camera_id] = Image.fromarray(pixels)
        if len(shown) == count:
            break
    return list(shown.values())


def fit(images: list[Image.Image], columns: int) -> Image.Image:
    """Images side by side over the sheet's width."""
    wide = (WIDTH - GAP * (columns - 1)) // columns
    high = round(wide * images[0].height / images[0].width)
    row = Image.new("RGB", (WIDTH, high), PAPER)
    for number, image in enumerate(images[:columns]):
        row.paste(image.resize((wide, high)), (number * (wide + GAP), 0))
    return row


if __name__ == "__main__":
    typer.run(main)
