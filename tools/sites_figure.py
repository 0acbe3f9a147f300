"""The picture of sites in docs/places.md.

uv run tools/sites_figure.py            # a minute or two on two cores
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from weather_figure import picture

from vidsynth.places.sites import SITES

OUTPUT = Path(__file__).resolve().parents[1] / "docs/images/sites.jpg"
SIZE = (400, 225)
COLUMNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=3)
    chosen = parser.parse_args()
    width, height = SIZE
    rows = -(-len(SITES) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (width + 4), rows * (height + 20)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=12)
    for number, site in enumerate(sorted(SITES)):
        row, column = divmod(number, COLUMNS)
        left, top = column * (width + 4), row * (height + 20)
        draw.text((left + 3, top + 2), site, fill="black", font=font)
        sheet.paste(picture(site, "clouds", "afternoon", SIZE, chosen.seed), (left, top + 18))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(chosen.output, quality=86)


if __name__ == "__main__":
    main()
