"""Chooses images of a set of stills for a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vidsynth.errors import OutputError
from vidsynth.run.description import read_description

_COLUMNS = ["file", "person_id", "camera_id", "number", "site", "background", "azimuth"]


def is_still(root: Path) -> bool:
    """Whether a data set has images in place of tracklets. Raises OutputError: it is damaged."""
    if not (root / "dataset.json").exists():
        return False
    return bool(read_description(root)["layout"] == "market1501")


def people(root: Path) -> list[int]:
    """The identities with images, in order. Raises OutputError where no images are finished."""
    rows = _rows(root, ["person_id", "split"])
    shown = rows.filter(pc.field("split") != "distractor")["person_id"]
    return sorted(shown.unique().to_pylist())


def crops_of(
    root: Path, chosen: Sequence[int], columns: int
) -> list[tuple[int, list[tuple[dict[str, Any], str]]]]:
    """Each of some identities with so many of its images and their captions, cameras in turn; rows
    of the others are never all in memory.

    Raises OutputError where no images are finished.
    """
    if not chosen:
        return []
    rows = _rows(root, _COLUMNS, pc.field("person_id").isin(list(chosen))).to_pylist()
    found: dict[int, list[dict[str, Any]]] = {person_id: [] for person_id in chosen}
    for row in sorted(rows, key=lambda row: (row["number"], row["camera_id"])):
        found[row["person_id"]].append(row)
    return [
        (
            person_id,
            [
                (row, f"{row['camera_id']} {row['background'] or row['site']}"[:16])
                for row in rows[:columns]
            ],
        )
        for person_id, rows in found.items()
    ]


def _rows(root: Path, columns: list[str], of: pc.Expression | None = None) -> pa.Table:
    try:
        return pq.read_table(root / "crops", columns=columns, filters=of)
    except (OSError, pa.ArrowException):
        raise OutputError(
            f"Expected a finished data set at {root}, found no images: vidsynth render-images "
            f"--output {root} renders it, or finishes it."
        ) from None
