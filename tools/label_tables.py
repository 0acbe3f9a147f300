"""The tables of columns in docs/labels.md, written from where the columns are declared.

uv run tools/label_tables.py            # writes the page anew
uv run tools/label_tables.py --check    # exit code 1 where the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from vidsynth.labels.columns import Column
from vidsynth.labels.crops import CROPS, SIGHTS
from vidsynth.labels.frames import VIEWS
from vidsynth.labels.images import IMAGES
from vidsynth.labels.persons import ACCESSORY, GARMENT, GARMENTS, PERSONS, PLACES
from vidsynth.labels.tracklets import TRACKLETS

PAGE = Path(__file__).resolve().parents[1] / "docs/labels.md"
BEGIN = "<!-- The tables are written by tools/label_tables.py. -->"
HEADS = ("column", "type", "unit", "what it says")


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    intro, begin, _ = page.partition(BEGIN)
    if not begin:
        raise ValueError(f"expected {BEGIN} in {PAGE}")
    new = f"{intro}{BEGIN}\n\n{tables()}"
    if "--check" in arguments:
        if new != page:
            print(f"{PAGE} is out of date. Run tools/label_tables.py.", file=sys.stderr)
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def tables() -> str:
    own = [column for column in IMAGES.columns if column not in CROPS.columns]
    left_out = [c.name for c in CROPS.columns if c not in IMAGES.columns]
    parts = (
        ("Crops", "`crops/*.parquet`: a row for each person in a picture.", CROPS.columns),
        (
            "Crops of whole frames",
            "Where pictures are whole frames, `crops/*.parquet` has also:",
            SIGHTS.columns[len(CROPS.columns) :],
        ),
        ("Whole frames", "`views/*.parquet`: a row for each whole frame.", VIEWS.columns),
        ("Tracklets", "`tracklets.parquet`: a row for each tracklet.", TRACKLETS.columns),
        (
            "Still images",
            "`crops/*.parquet` of `render-images`: a row for each image, with the columns of crops "
            f"but {', '.join(f'`{name}`' for name in left_out)}, and:",
            tuple(own),
        ),
        (
            "Persons",
            "`persons.parquet`: a row for each person and outfit, with the columns",
            persons(),
        ),
        (
            "Persons' garments",
            f"`persons.parquet` has for each of {prefixes(GARMENTS)} also:",
            GARMENT,
        ),
        (
            "Persons' accessories",
            f"`persons.parquet` has for each of {prefixes(f'accessories_{p}' for p in PLACES)} "
            "also:",
            ACCESSORY,
        ),
    )
    return "\n".join(f"## {title}\n\n{what}\n\n{table(columns)}" for title, what, columns in parts)


def persons() -> tuple[Column[Any], ...]:
    """The columns of persons.parquet that are there once."""
    often = (*GARMENTS, *(f"accessories_{place}" for place in PLACES))
    parts = tuple(f"{part}_" for part in often)
    return tuple(column for column in PERSONS.columns if not column.name.startswith(parts))


def prefixes(parts: Iterable[str]) -> str:
    return ", ".join(f"`{part}_`" for part in parts)


def table(columns: tuple[Column[Any], ...]) -> str:
    rows = [HEADS, ("---",) * len(HEADS)]
    rows += [(f"`{c.name}`", kind(c.type), c.unit, c.meaning) for c in columns]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def kind(of: pa.DataType) -> str:
    """An Arrow type as people write it: ``float32 x 17 x 2``; ``[]`` for lists of any length."""
    sizes = []
    while pa.types.is_list(of) or pa.types.is_fixed_size_list(of):
        sizes.append(f" x {of.list_size}" if pa.types.is_fixed_size_list(of) else " []")
        of = of.value_type
    name = {"float": "float32", "double": "float64"}.get(str(of), str(of))
    return f"{name}{''.join(sizes)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
