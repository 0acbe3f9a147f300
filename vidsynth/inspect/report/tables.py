"""Reads what the report needs from the tables of a rendered data set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from strict_reading import parse_json, read_text
from vidsynth.errors import OutputError
from vidsynth.inspect.preview.still import is_still
from vidsynth.run.description import read_description

_MEASURED = (
    "person_id", "camera_id", "azimuth", "depression", "distance", "visibility", "truncation",
    "body_box", "brightness", "sharpness",
)  # fmt: skip
_OF_IMAGES = ("file", "person_id", "split", "query", "site", "hour", "weather")
_FEET = 4_000
"""Crops whose feet are drawn on maps, at most."""


@dataclass(frozen=True)
class Tables:
    """The records of a data set.

    description: dataset.json.
    cameras: of cameras.json.
    persons: of persons.parquet.
    tracklets: the same of tracklets.parquet; of still images a row each.
    crops: the columns that are plotted, one row a crop.
    feet: (camera_id, x, y) metres, of some crops.
    """

    root: Path
    description: dict[str, Any]
    cameras: list[dict[str, Any]]
    persons: pa.Table
    tracklets: pa.Table
    crops: pa.Table
    feet: list[tuple[int, float, float]]


def read(root: Path) -> Tables:
    """Reads the tables of a finished data set. Raises OutputError: unfinished, damaged, or none."""
    stills = is_still(root)
    needed = ["dataset.json", "cameras.json", "persons.parquet"]
    needed += [] if stills else ["tracklets.parquet"]
    missing = [name for name in needed if not (root / name).exists()]
    if missing:
        raise OutputError(
            f"Expected a finished data set at {root}, found no {' and no '.join(missing)} there: "
            f"vidsynth render-tracklets --output {root} renders it, or finishes it."
        )
    try:
        description = read_description(root)
        cameras = parse_json(read_text(root / "cameras.json"))
        persons = pq.read_table(root / "persons.parquet")
        files = sorted((root / "crops").glob("*.parquet"))
        if stills:
            tracklets = ds.dataset(files, format="parquet").to_table([*_OF_IMAGES])
        else:
            tracklets = pq.read_table(root / "tracklets.parquet")
        table = ds.dataset(files, format="parquet")
        shown = ~ds.field("ignored") if "ignored" in table.schema.names else None
        crops = table.to_table(list(_MEASURED), filter=shown)
        return Tables(root, description, cameras, persons, tracklets, crops, _feet(files))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise OutputError(
            f"Cannot read the tables of {root}: {error}. Give the command that rendered the set "
            "again: it renders what is damaged anew."
        ) from None


def counted(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each value of a column occurs, by the value as a word, in order of occurrence."""
    found = pc.value_counts(column)
    return {str(value): int(count) for value, count in zip(*found.flatten(), strict=True)}


def _feet(files: list[Path]) -> list[tuple[int, float, float]]:
    """Where people stood, as the middle of both ankles, of crops spread evenly over the shots."""
    each = max(1, _FEET // max(1, len(files)))
    feet = []
    for file in files[:: max(1, len(files) // _FEET)]:
        table = pq.read_table(file, columns=["camera_id", "keypoints_3d"])
        for row in table.take(list(range(0, len(table), max(1, len(table) // each)))).to_pylist():
            left, right = row["keypoints_3d"][15:17]
            feet.append((row["camera_id"], (left[0] + right[0]) / 2, (left[1] + right[1]) / 2))
    return feet
