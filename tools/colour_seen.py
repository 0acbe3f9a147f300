"""How often the named colour of a top is what a rendered set's crops show, by hour and weather.

uv run tools/colour_seen.py data/synthetic
uv run tools/colour_seen.py data/synthetic --sheet sheet.jpg      # and the crops, to look at

Of crops that leave nothing to guess: the whole person in the frame and in sight, a plain and closed
top, no bag. Seen is the basic colour term that most pixels of the torso have, and right where it is
that of the top. Crops whose grey values have a mean under 30 are dark.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow.parquet as pq
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.colour import term, terms
from vidsynth.inspect.preview.crops import read
from vidsynth.inspect.preview.sheet import CELL, GAP, INK, PAPER, fit
from vidsynth.labels.masks import decode_mask

DARK = 30.0
_LOWEST = 90
"""Pixels of a crop's height from which on a torso has enough of them."""
_SHOULDERS, _HIPS = [5, 6], [11, 12]
_CROPS = (
    "tracklet", "file", "position", "offset", "size", "frame", "box", "visibility", "truncation",
    "keypoints_2d", "mask", "brightness",
)  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """A crop and the terms of its top: ``worn`` and ``seen``."""

    hour: str
    weather: str
    site: str
    worn: str
    seen: str
    brightness: float
    image: Image.Image


def main(
    root: Annotated[Path, typer.Argument(help="A rendered set of tracklets.")],
    sheet: Annotated[Path | None, typer.Option(help="Crops by hour and weather.")] = None,
    each: Annotated[int, typer.Option(help="Crops in a cell of the sheet.")] = 3,
) -> None:
    """Prints the share of crops that show the top's colour."""
    sights = list(look(root))
    hours, weathers = _order(sights, "hour"), _order(sights, "weather")
    cells: dict[tuple[str, str], list[Sight]] = defaultdict(list)
    for sight in sights:
        for hour in (sight.hour, "all"):
            for weather in (sight.weather, "all"):
                cells[hour, weather].append(sight)
    print(f"{'right, % of crops':18}" + "".join(f"{name:>16}" for name in (*weathers, "all")))
    for hour in (*hours, "all"):
        row = [_said(cells[hour, weather]) for weather in (*weathers, "all")]
        print(f"{hour:18}" + "".join(f"{words:>16}" for words in row))
    dark: dict[str, int] = defaultdict(int)
    for sight in sights:
        dark[sight.site] += sight.brightness < DARK
    print("dark crops by site:", ", ".join(f"{site} {n}" for site, n in sorted(dark.items())))
    if sheet:
        _draw(cells, hours, weathers, each).save(sheet, quality=88)


def look(root: Path) -> list[Sight]:
    """All crops of the set that leave nothing to guess."""
    people = {
        (row["person_id"], row["outfit_id"]): row
        for row in pq.read_table(root / "persons.parquet").to_pylist()
    }
    found = []
    tracklets = pq.read_table(root / "tracklets.parquet").to_pylist()
    by_name = {tracklet["tracklet"]: tracklet for tracklet in tracklets}
    for row in pq.read_table(root / "crops", columns=list(_CROPS)).to_pylist():
        tracklet = by_name[row["tracklet"]]
        person = people[tracklet["person_id"], tracklet["outfit_id"]]
        if not (_plain(person) and row["visibility"] > 0.9 and row["truncation"] == 0):
            continue
        torso, image = _torso(row), read(root, row)
        if image.height < _LOWEST or torso.sum() < 50:
            continue
        names, counts = np.unique(terms(np.asarray(image)[torso] / 255), return_counts=True)
        worn, seen = term(tuple(person["upper_colour"])), str(names[counts.argmax()])
        when = (tracklet["hour"] or "indoor", tracklet["weather"], tracklet["site"])
        found.append(Sight(*when, worn, seen, row["brightness"], image))
    return found


def _plain(person: dict[str, Any]) -> bool:
    return (
        person["upper_pattern"] in ("plain", "knit")
        and not person["upper_open"]
        and not person["upper_picture"]
        and not person["upper_asset"]
        and person["accessories_bag_kind"] == "none"
    )


def _torso(row: dict[str, Any]) -> np.ndarray:
    """Which pixels (H, W) of the crop show the trunk between shoulders and hips: bool."""
    x0, y0, x1, y1 = row["box"]
    corners = np.array(row["keypoints_2d"])[_SHOULDERS + _HIPS[::-1]] - [x0, y0]
    middle = corners.mean(0)
    outline = middle + 0.8 * (corners - middle)
    # From the side shoulders are one behind the other: a trunk is a third as wide as it is long.
    half = 0.15 * np.linalg.norm(corners[:2].mean(0) - corners[2:].mean(0))
    left, right = outline[:, 0].min(), outline[:, 0].max()
    spread = max(0.0, half - (right - left) / 2)
    canvas = Image.new("1", (x1 - x0, y1 - y0))
    top, bottom = outline[:2, 1].mean(), outline[2:, 1].mean()
    if top >= bottom:
        return np.zeros((y1 - y0, x1 - x0), bool)
    ImageDraw.Draw(canvas).rectangle((left - spread, top, right + spread, bottom), fill=1)
    return np.asarray(canvas) & decode_mask(row["mask"], y1 - y0, x1 - x0)


def _order(sights: list[Sight], what: str) -> list[str]:
    return sorted({getattr(sight, what) for sight in sights})


def _said(sights: list[Sight]) -> str:
    if not sights:
        return "-"
    right = np.mean([sight.worn == sight.seen for sight in sights])
    return f"{100 * right:.0f} of {len(sights)}"


def _draw(
    cells: dict[tuple[str, str], list[Sight]], hours: list[str], weathers: list[str], each: int
) -> Image.Image:
    """A row for each hour, ``each`` crops for each weather, under the terms worn and seen."""
    wide, high = CELL[0] // 2 + GAP, CELL[1] // 2 + 12
    drawn = Image.new("RGB", (70 + len(weathers) * each * wide, 18 + len(hours) * high), PAPER)
    draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(size=9)
    for column, weather in enumerate(weathers):
        draw.text((70 + column * each * wide, 3), weather, fill=INK, font=font)
    for row, hour in enumerate(hours):
        draw.text((3, 18 + row * high), hour, fill=INK, font=font)
        for column, weather in enumerate(weathers):
            shown = cells[hour, weather]
            for k, sight in enumerate(shown[:: max(1, len(shown) // each)][:each]):
                at = (70 + (column * each + k) * wide, 18 + row * high)
                crop = fit(sight.image)
                drawn.paste(crop.resize((crop.width // 2, crop.height // 2)), at)
                words = sight.worn if sight.worn == sight.seen else f"{sight.worn}: {sight.seen}"
                draw.text((at[0], at[1] + high - 12), words, fill=INK, font=font)
    return drawn


if __name__ == "__main__":
    typer.run(main)
