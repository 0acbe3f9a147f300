"""How often the named colour of a top is what a rendered set's crops show, and how bright they are:
outdoors by hour and weather, indoors by site and lamps.

uv run tools/colour_seen.py data/synthetic
uv run tools/colour_seen.py data/synthetic --sheet sheet.jpg      # and the crops, to look at

Of crops that leave nothing to guess: the whole person in the frame and in sight, a plain and closed
top, no bag. Seen is the basic colour term that most pixels of the torso have, and right where it is
that of the top. Crops whose grey values have a mean under 30 are dark, over 200 bright.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow.parquet as pq
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.colour import term, terms
from vidsynth.config.places import HOURS, SITE_NAMES, WEATHERS
from vidsynth.inspect.preview.crops import read
from vidsynth.inspect.preview.sheet import CELL, GAP, INK, PAPER, fit
from vidsynth.labels.masks import decode_mask
from vidsynth.places.sky.rooms import SCHEMES

DARK, BRIGHT = 30.0, 200.0
ALL = "total"
_LOWEST = 90
"""Pixels of a crop's height from which on a torso has enough of them."""
_SHOULDERS, _HIPS = [5, 6], [11, 12]
_CROPS = (
    "tracklet", "file", "position", "offset", "size", "frame", "box", "visibility", "truncation",
    "keypoints_2d", "mask", "brightness",
)  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """A crop and the terms of its top: ``worn`` and ``seen``. ``row`` and ``column`` of the table
    are hour and weather, or indoors site and lamps."""

    row: str
    column: str
    site: str
    indoor: bool
    worn: str
    seen: str
    brightness: float
    image: Image.Image


def main(
    root: Annotated[Path, typer.Argument(help="A rendered set of tracklets.")],
    sheet: Annotated[Path | None, typer.Option(help="Crops by row and column.")] = None,
    each: Annotated[int, typer.Option(help="Crops in a cell of the sheet.")] = 3,
) -> None:
    """Prints the share of crops that show the top's colour, and their mean brightness."""
    every = list(look(root))
    for indoor in (False, True):
        sights = [sight for sight in every if sight.indoor == indoor]
        if not sights:
            continue
        table = Table(sights)
        print("indoors" if indoor else "outdoors")
        table.show("right, % of crops", _right)
        table.show("mean brightness", _brightness)
        if sheet:
            path = sheet.with_stem(f"{sheet.stem}-indoors") if indoor else sheet
            table.draw(each).save(path, quality=88)
    for name, least, most in (("dark", 0.0, DARK), ("bright", BRIGHT, 256.0)):
        found = Counter(s.site for s in every if least <= s.brightness < most)
        print(f"{name} crops by site:", ", ".join(f"{k} {n}" for k, n in sorted(found.items())))
    wrong = Counter(f"{s.seen} for {s.worn}" for s in every if s.worn != s.seen)
    print("mistaken:", ", ".join(f"{words} {n}" for words, n in wrong.most_common(8)))


@dataclass(frozen=True)
class Table:
    """Crops by row and column, both with all of them together."""

    sights: list[Sight]

    @cached_property
    def rows(self) -> list[str]:
        order = {name: k for k, name in enumerate((*HOURS, *SITE_NAMES))}
        return sorted({sight.row for sight in self.sights}, key=order.__getitem__)

    @cached_property
    def columns(self) -> list[str]:
        order = {name: k for k, name in enumerate((*WEATHERS, *SCHEMES))}
        return sorted({sight.column for sight in self.sights}, key=order.__getitem__)

    def cell(self, row: str, column: str) -> list[Sight]:
        """The crops of a cell, ALL standing for every row or column."""
        return [s for s in self.sights if row in (s.row, ALL) and column in (s.column, ALL)]

    def show(self, title: str, said: Callable[[list[Sight]], str]) -> None:
        """Prints what is said of each cell."""
        columns = [*self.columns, ALL]
        print(f"{title:18}" + "".join(f"{name:>14}" for name in columns))
        for row in (*self.rows, ALL):
            words = [said(self.cell(row, column)) for column in columns]
            print(f"{row:18}" + "".join(f"{word:>14}" for word in words))

    def draw(self, each: int) -> Image.Image:
        """A line for each row, ``each`` crops for each column, under the terms worn and seen."""
        wide, high = CELL[0] // 2 + GAP, CELL[1] // 2 + 12
        size = (70 + len(self.columns) * each * wide, 18 + len(self.rows) * high)
        drawn = Image.new("RGB", size, PAPER)
        draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(size=9)
        for k, column in enumerate(self.columns):
            draw.text((70 + k * each * wide, 3), column, fill=INK, font=font)
        for line, row in enumerate(self.rows):
            draw.text((3, 18 + line * high), row, fill=INK, font=font)
            for column, name in enumerate(self.columns):
                shown = self.cell(row, name)
                for k, sight in enumerate(shown[:: max(1, len(shown) // each)][:each]):
                    at = (70 + (column * each + k) * wide, 18 + line * high)
                    crop = fit(sight.image)
                    drawn.paste(crop.resize((crop.width // 2, crop.height // 2)), at)
                    right = sight.worn == sight.seen
                    words = sight.worn if right else f"{sight.worn}: {sight.seen}"
                    draw.text((at[0], at[1] + high - 12), words, fill=INK, font=font)
        return drawn


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
        indoor = bool(tracklet["lamps"])
        where = tracklet["site"], tracklet["lamps"]
        cell = where if indoor else (tracklet["hour"], tracklet["weather"])
        found.append(Sight(*cell, where[0], indoor, worn, seen, row["brightness"], image))
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


def _right(sights: list[Sight]) -> str:
    if not sights:
        return "-"
    right = np.mean([sight.worn == sight.seen for sight in sights])
    return f"{100 * right:.0f} of {len(sights)}"


def _brightness(sights: list[Sight]) -> str:
    return f"{np.mean([sight.brightness for sight in sights]):.0f}" if sights else "-"


if __name__ == "__main__":
    typer.run(main)
