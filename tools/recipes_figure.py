"""The picture of recipes in docs/rendering.md: a row of crops out of each.

uv run tools/recipes_figure.py                    # some minutes on two cores
uv run tools/recipes_figure.py --only night       # one of them, to look at
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer
from image_figure import GAP, PAPER, ROW, WIDTH, in_rows, still
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "docs/images/recipes.jpg"
CAPTION, INK = 18, (31, 38, 45)
MOST = 18


@dataclass(frozen=True)
class Row:
    """What is shown of a recipe: its first shots at ``sites``, or all shots of ``person``;
    ``words`` are settings besides."""

    caption: str
    sites: tuple[str, ...] = ()
    person: int = 0
    words: tuple[str, ...] = ()


TRACKLETS = {
    "tracklets": Row("four of its nine sites", ("park", "office", "rural", "garage")),
    "svreid-like": Row("ten cameras, five scenes", ("mall", "plaza", "station")),
    "svreid-cc-like": Row("one person in other clothes", person=3),
    "unreal-like": Row("crowds, look-alikes, things carried", ("schoolyard", "plaza")),
    "eye-level": Row("low cameras, full places", ("mall", "street", "station")),
    "night": Row("under street lamps", ("street", "park", "plaza")),
    "indoor": Row("under ceilings", ("station", "office", "mall")),
    "black-clothes": Row("everybody in black", ("mall", "park", "street")),
}
IMAGES = {
    "images": Row("TAGPerson's options"),
    "finegpr-like": Row(
        "one person from 36 sides, of which some",
        words=("sites=[plaza]", "hours=[noon]", "weathers=[sunny]"),
    ),
}


def main(only: str = "", out: Path = OUTPUT) -> None:
    """Render docs/images/recipes.jpg anew; ``only`` names recipes, divided by commas."""
    rows = []
    for name, row in (TRACKLETS | IMAGES).items():
        if only and name not in only.split(","):
            continue
        images = crops(name, row) if name in TRACKLETS else images_of(name, row)
        rows.append((f"{name}: {row.caption}", in_rows(images, MOST)[0]))
    high = CAPTION + ROW + GAP
    sheet = Image.new("RGB", (WIDTH, high * len(rows)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    for number, (caption, strip) in enumerate(rows):
        draw.text((2, number * high + 1), caption, fill=INK, font=font)
        sheet.paste(strip, (0, number * high + CAPTION))
    sheet.save(out, quality=84, optimize=True)
    print(f"wrote {out}")


def crops(name: str, row: Row) -> list[Image.Image]:
    """The first crop of each tracklet of the row's shots."""
    import pyarrow.parquet as pq

    from vidsynth.inspect.preview.quick import blender_silent
    from vidsynth.run.production import produce
    from vidsynth.settings import load_config

    words = ["frames=1", "boxes.min_frames=1", *row.words]
    production = produce(load_config(ROOT / f"configs/synth/{name}.yaml", words))
    outlines = production.plan.outlines
    chosen = [s for s in outlines if row.person in s.person_ids] or [
        next(s for s in outlines if s.site == site) for site in row.sites
    ]
    found = []
    with tempfile.TemporaryDirectory(prefix="figure-") as folder, blender_silent():
        renderer = production.make_renderer(production.renderer)
        for outline in chosen:
            room = Path(folder) / str(outline.index)
            production.shoot(outline.index, renderer, room, lambda: None)
            table = pq.read_table(room / f"crops/{outline.index:06d}.parquet").to_pylist()
            shown = [r for r in table if row.person in (0, r["person_id"])]
            for record in shown[: -(-MOST // len(chosen))]:
                with Image.open(room / record["file"]) as image:
                    found.append(image.convert("RGB"))
    return found


def images_of(name: str, row: Row) -> list[Image.Image]:
    """The first person's images."""
    from vidsynth.inspect.preview.quick import blender_silent

    with blender_silent():
        return still(list(row.words), seed=0, recipe=ROOT / f"configs/synth/{name}.yaml")


if __name__ == "__main__":
    typer.run(main)
