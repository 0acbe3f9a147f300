"""The picture of hours and weathers in docs/places.md.

uv run tools/weather_figure.py            # some minutes on two cores
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vidsynth.blender.renderer import Renderer
from vidsynth.config import TrackletConfig
from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.develop.photometry import develop
from vidsynth.places.sky.air import draw_air
from vidsynth.planning.tracklets import TrackletPlan

OUTPUT = Path(__file__).resolve().parents[1] / "docs/images/weather-hours.jpg"
SIZE = (224, 126)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--site", default="street")
    parser.add_argument("--weathers", default=",".join(WEATHERS))
    parser.add_argument("--hours", default=",".join(HOURS))
    parser.add_argument("--size", type=int, nargs=2, default=SIZE)
    parser.add_argument("--seed", type=int, default=3)
    chosen = parser.parse_args()
    hours, weathers = chosen.hours.split(","), chosen.weathers.split(",")
    width, height = chosen.size
    sheet = Image.new(
        "RGB", (70 + len(weathers) * (width + 4), 20 + len(hours) * (height + 4)), "white"
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=12)
    for column, weather in enumerate(weathers):
        draw.text((74 + column * (width + 4), 3), weather, fill="black", font=font)
        for row, hour in enumerate(hours):
            draw.text((3, 24 + row * (height + 4)), hour, fill="black", font=font)
            view = picture(chosen.site, weather, hour, (width, height), chosen.seed)
            sheet.paste(view, (70 + column * (width + 4), 20 + row * (height + 4)))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(chosen.output, quality=80)


def picture(site: str, weather: str, hour: str, size: tuple[int, int], seed: int) -> Image.Image:
    """One camera's whole frame of a shot, developed by that camera without its own look."""
    config = TrackletConfig(
        sites=(site,), cameras=2, people_per_shot=4, identities=8, frames=8, seed=seed,
        test_share=0.25,
    )  # fmt: skip
    shot = replace(TrackletPlan(config).shot(0), weather=weather, hour=hour)
    scale = size[0] / shot.cameras[0].width
    first = shot.cameras[0]
    camera = replace(
        first, width=size[0], height=size[1], focal_px=first.focal_px * scale,
        photometry=replace(
            first.photometry, exposure_ev=0.0, white_balance=(1.0, 1.0, 1.0), gamma=1.0,
            contrast=1.2, saturation=1.1, noise=1.5, blur=0.0,
        ),
    )  # fmt: skip
    whole = Renderer("standard", "cpu", config.boxes).view(shot, camera, 3)
    air = draw_air(shot.sky, hour, weather, shot.place.indoor)
    pixels = develop(whole, np.random.default_rng(0), air, shot.seed, 3 / shot.fps)
    return Image.fromarray(pixels)


if __name__ == "__main__":
    main()
