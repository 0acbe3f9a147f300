"""The picture of docs/cameras.md on lenses: one view through four of them; a minute on two cores.

uv run tools/lens_figure.py [OUT]

Boxes and joints are drawn where the labels of the crops have them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vidsynth.blender.renderer import Renderer
from vidsynth.cameras.camera import Photometry
from vidsynth.cameras.distortion import bent
from vidsynth.colour import to_display
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedPicture
from vidsynth.geometry.lenses import Fisheye
from vidsynth.labels.keypoints import joints_visible
from vidsynth.planning.take import frames_by_cameras
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config

OUT = Path(__file__).resolve().parents[1] / "docs/images/lenses.jpg"
WORDS = ["cameras=2", "sites=[station]", "seed=5", "people_per_shot=3", "frames=4"]
SIZE, GAP, CAPTION = (544, 306), 6, 20
BOX, JOINT, HIDDEN = "#ffd166", "#06d6a0", "#ef476f"


def main(out: Path) -> None:
    """Renders the sheet and writes it to ``out``."""
    plan = TrackletPlan(load_config(None, WORDS))
    shot, frame = plan.shot(0), 2
    wide = replace(
        shot.cameras[0],
        width=SIZE[0],
        height=SIZE[1],
        focal_px=0.55 * SIZE[0],
        photometry=Photometry(),
    )
    cameras = {
        "no distortion": wide,
        "barrel: the corner 20 % inward": replace(wide, lens=bent(-0.2, wide)),
        "pincushion: the corner 20 % outward": replace(wide, lens=bent(0.2, wide)),
        "fisheye": replace(wide, focal_px=0.36 * SIZE[0], lens=Fisheye(0.02, -0.01, 0.002)),
    }
    renderer = Renderer("standard", "cpu", BoxConfig(jitter=0.0, min_height=20))
    sheet = Image.new("RGB", (2 * SIZE[0] + 3 * GAP, 2 * (SIZE[1] + CAPTION) + 3 * GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for number, (name, camera) in enumerate(cameras.items()):
        light = renderer.view(shot, camera, frame).light
        shown = np.rint(255 * np.clip(to_display(np.clip(light, 0, 1)), 0, 1))
        picture = Image.fromarray(shown.astype(np.uint8))
        takes = tuple(t for t in frames_by_cameras(shot.frames, (camera,)) if t.frame <= frame)
        crops = renderer.render(replace(shot, takes=takes))
        mark(picture, [crop for crop in crops if crop.take.frame == frame])
        x = GAP + number % 2 * (SIZE[0] + GAP)
        y = GAP + number // 2 * (SIZE[1] + CAPTION + GAP)
        sheet.paste(picture, (x, y))
        caption = f"{name}, {camera.field_of_view:.0f} degrees from corner to corner"
        draw.text((x, y + SIZE[1] + 2), caption, fill="black", font=font)
    sheet.save(out, quality=86)


def mark(picture: Image.Image, crops: list[RenderedPicture]) -> None:
    """Draws what the labels say: each person's box, and the joints, hidden ones in red."""
    draw = ImageDraw.Draw(picture)
    for crop in crops:
        (person,) = crop.people
        draw.rectangle(person.body_box, outline=BOX)
        seen = joints_visible(crop, person)
        for (x, y), visible in zip(person.keypoints_2d, seen, strict=True):
            draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill=JOINT if visible else HIDDEN)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
