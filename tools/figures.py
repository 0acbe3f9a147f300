"""The pictures in README and docs, rendered anew.

uv run tools/figures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PALETTE = ((255, 196, 61), (94, 205, 228), (239, 100, 97), (126, 217, 87))
SETTINGS = {
    "seed": 11, "identities": 24, "frames": 4, "cameras": 12, "people_per_shot": 4,
    "sites": ["park", "plaza", "rural", "schoolyard", "station", "street"],
    "hours": ["noon", "afternoon", "dusk", "night"], "weathers": ["sunny", "clouds", "rain"],
    "camera": {"blur": [0, 0.4], "noise": [0.5, 2], "jpeg_quality": [92, 95]},
    "boxes": {"min_frames": 2},
}  # fmt: skip


def main() -> None:
    """Render docs/images anew: minutes on two cores."""
    from vidsynth.inspect.preview.sheet import contact_sheet
    from vidsynth.run.job import render
    from vidsynth.settings import load_config

    config = load_config(**SETTINGS)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        root = Path(folder) / "set"
        render(config, root)
        contact_sheet(root, Path(folder) / "sheet.png", rows=6, columns=8)
        sheet = Image.open(Path(folder) / "sheet.png").convert("RGB")
        contact_sheet(root, Path(folder) / "two.png", rows=2, columns=8)
        two = Image.open(Path(folder) / "two.png").convert("RGB")
    views = camera_views(config)
    width = sheet.width
    banner = Image.new("RGB", (width, views.height * width // views.width), (250, 250, 248))
    banner.paste(views.resize(banner.size, Image.Resampling.LANCZOS))
    whole = Image.new("RGB", (width, banner.height + two.height), (250, 250, 248))
    whole.paste(banner, (0, 0))
    whole.paste(two, (0, banner.height))
    for name, picture in (("overview", whole), ("tracklets", sheet)):
        picture.save(IMAGES / f"{name}.jpg", quality=84, optimize=True)
        print(f"wrote {IMAGES / name}.jpg")


def camera_views(config) -> Image.Image:  # type: ignore[no-untyped-def]
    """One whole frame of a camera at each site, with the boxes that become crops."""
    from vidsynth.blender.renderer import Renderer
    from vidsynth.develop.photometry import develop
    from vidsynth.places.sky.air import draw_air
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.seeds import Purpose, stream

    plan = TrackletPlan(config)
    renderer = Renderer("standard", "auto", config.boxes)
    font = ImageFont.load_default(size=26)
    tiles = []
    for site in plan.network.sites:
        index = next(s.index for s in plan.outlines if s.site == site and len(s.person_ids) > 2)
        shot = plan.shot(index)
        camera, frame = shot.cameras[0], shot.frames // 2
        whole = renderer.view(shot, camera, frame)
        air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
        noise = stream(0, Purpose.DEVELOP)
        seen = develop(whole, noise, air, shot.seed, frame / shot.fps)
        tile = Image.fromarray(seen)
        draw = ImageDraw.Draw(tile)
        for k, walker in enumerate(shot.walkers):
            rows, columns = np.nonzero(whole.index == k + 1)
            if len(rows) < 200:
                continue
            box = (columns.min() - 4, rows.min() - 4, columns.max() + 4, rows.max() + 4)
            colour = PALETTE[k % len(PALETTE)]
            draw.rectangle([int(v) for v in box], outline=colour, width=4)
            label = f"{walker.person.person_id:04d}"
            draw.text((int(box[0]), int(box[1]) - 32), label, fill=colour, font=font)
        tiles.append(tile.resize((480, 270), Image.Resampling.LANCZOS))
    picture = Image.new("RGB", (1448, 274 * ((len(tiles) + 2) // 3)), (250, 250, 248))
    for k, tile in enumerate(tiles):
        picture.paste(tile, (484 * (k % 3), 274 * (k // 3)))
    return picture


if __name__ == "__main__":
    typer.run(main)
