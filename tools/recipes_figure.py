"""The picture of recipes in docs/rendering.md.

uv run tools/recipes_figure.py            # a few minutes on two cores
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "docs/images/recipes.jpg"
SHOWN = {
    "night": ("street", ["weathers=[sunny,rain]"]),
    "indoor": ("station", []),
    "black-clothes": ("mall", []),
    "unreal-like": ("schoolyard", ["weathers=[clouds,snowlight]"]),
}
"""Recipe: the site it is shown at, and settings besides."""


def main() -> None:
    """Render docs/images/recipes.jpg anew."""
    from vidsynth.preview.quick import blender_silent, glimpse, render_preview
    from vidsynth.run.tracklets import TrackletProduction
    from vidsynth.settings import load_config

    sheets = []
    for name, (site, words) in SHOWN.items():
        config = load_config(ROOT / f"configs/synth/{name}.yaml", words)
        plan = glimpse(config, site, 3, 2 if words else 3)
        production = TrackletProduction(plan.config)
        with tempfile.TemporaryDirectory() as folder, blender_silent():
            path = Path(folder) / "sheet.png"
            renderer = production.make_renderer(production.renderer)
            render_preview(plan, renderer, path, lambda: None)
            sheets.append((name, Image.open(path).convert("RGB")))
    width = sum(sheet.width for _, sheet in sheets)
    picture = Image.new("RGB", (width, max(s.height for _, s in sheets) + 20), (250, 250, 248))
    draw, font, left = ImageDraw.Draw(picture), ImageFont.load_default(size=13), 0
    for name, sheet in sheets:
        draw.text((left + 6, 3), name, fill=(31, 38, 45), font=font)
        picture.paste(sheet, (left, 20))
        left += sheet.width
    picture.save(OUTPUT, quality=84, optimize=True)


if __name__ == "__main__":
    typer.run(main)
