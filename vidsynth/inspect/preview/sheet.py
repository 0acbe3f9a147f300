"""Contact sheets: one person a row, seen by every camera."""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from vidsynth.errors import OutputError
from vidsynth.files import write_whole
from vidsynth.inspect.preview import crops, still
from vidsynth.inspect.preview.damage import damage_named

T = TypeVar("T")

Shown = tuple[dict[str, Any], str]
"""Where a crop is (see `crops.of_tracklet`), and its caption."""

CELL = (96, 192)
"""Width and height of a crop on the sheet, pixels."""

GAP = 4
CAPTION = 13
_MARGIN = 44
MARK = "vidsynth preview"
PAPER, INK = (250, 250, 248), (60, 60, 60)


def contact_sheet(root: Path, out_png: Path, rows: int = 12, columns: int = 8) -> int:
    """Writes a PNG with one row per identity; returns how many rows there are.

    A row starts with one crop of each camera and goes on with further tracklets and frames;
    identities are spread evenly over the set. Raises OutputError where there is no finished set.
    """
    with damage_named(root):
        sheet, shown = _drawn(root, rows, columns)
    write_sheet(sheet, out_png)
    return shown


def write_sheet(sheet: Image.Image, out_png: Path) -> None:
    """Writes a PNG that says what made it: `MARK`."""
    said, content = PngInfo(), io.BytesIO()
    said.add_text("Software", MARK)
    sheet.save(content, "PNG", pnginfo=said)
    write_whole(out_png, content.getvalue())


def _drawn(root: Path, rows: int, columns: int) -> tuple[Image.Image, int]:
    """The sheet, and how many identities are on it."""
    people = _crops_by_person(root, rows, columns)
    row_height = CELL[1] + CAPTION + GAP
    width = max(len(shown) for _, shown in people)
    sheet = Image.new(
        "RGB", (_MARGIN + width * (CELL[0] + GAP), GAP + len(people) * row_height), PAPER
    )
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=10)
    for row, (person_id, shown) in enumerate(people):
        top = GAP + row * row_height
        draw.text((6, top + CELL[1] // 2), f"{person_id:04d}", fill=INK, font=font)
        for column, (record, caption) in enumerate(shown):
            left = _MARGIN + column * (CELL[0] + GAP)
            crop = fit(crops.read(root, record))
            sheet.paste(crop, (left + (CELL[0] - crop.width) // 2, top + CELL[1] - crop.height))
            draw.text((left, top + CELL[1]), caption, fill=INK, font=font)
    return sheet, len(people)


def _crops_by_person(root: Path, rows: int, columns: int) -> list[tuple[int, list[Shown]]]:
    """So many identities, spread evenly over the set, each with crops to show. Of the others no
    table is looked into."""
    if still.is_still(root):
        return still.crops_of(root, _spread(still.people(root), rows), columns)
    table = root / "tracklets.parquet"
    if not table.exists():
        raise OutputError(
            f"Expected a finished data set at {root}, found no tracklets.parquet there: "
            f"vidsynth render-tracklets --output {root} renders it, or finishes it."
        )
    try:
        tracklets = pq.read_table(table)
    except (OSError, pa.ArrowException):
        raise OutputError(
            f"Cannot read {table} ({table.stat().st_size} bytes): it is damaged. Delete it and "
            "give the command that rendered the set again, which rewrites it."
        ) from None
    tracklets = tracklets.filter(pc.field("split") != "distractor")
    people = sorted(tracklets["person_id"].unique().to_pylist())
    if not people:
        raise OutputError(f"Expected identities in {table}, found none: the filters dropped all.")
    return [
        (person_id, _choose(root, _of_person(tracklets, person_id), columns))
        for person_id in _spread(people, rows)
    ]


def _of_person(tracklets: pa.Table, person_id: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tracklets.filter(pc.field("person_id") == person_id).to_pylist()
    return rows


def _spread(entries: list[T], most: int) -> list[T]:
    """All of them, or ``most`` from all parts of the list."""
    count = len(entries)
    return entries if count <= most else [entries[k * count // most] for k in range(most)]


def _choose(root: Path, tracklets: list[dict[str, Any]], columns: int) -> list[Shown]:
    """Crops with captions: a middle frame of each camera's tracklets in turn, then other frames."""
    turn: dict[int, int] = defaultdict(int)
    order = []
    for tracklet in tracklets:
        order.append((turn[tracklet["camera_id"]], tracklet["camera_id"], tracklet))
        turn[tracklet["camera_id"]] += 1
    order.sort(key=lambda entry: entry[:2])
    worn = {tracklet["outfit_id"] for tracklet in tracklets}
    outfit = {number: f", outfit {number}" if len(worn) > 1 else "" for number in worn}
    chosen: list[Shown] = []
    used: set[tuple[str, int]] = set()
    for share in (0.5, 0.0, 0.99):
        for _, camera_id, tracklet in order:
            if len(chosen) == columns:
                return chosen
            position = int(share * tracklet["frames"])
            if (tracklet["tracklet"], position) not in used:
                used.add((tracklet["tracklet"], position))
                crop = crops.of_tracklet(root, tracklet)[position]
                chosen.append(
                    (crop, f"{camera_id} {tracklet['site']}{outfit[tracklet['outfit_id']]}")
                )
    return chosen


def fit(image: Image.Image) -> Image.Image:
    """The image, scaled into a cell with its proportions kept."""
    scale = min(CELL[0] / image.width, CELL[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)
