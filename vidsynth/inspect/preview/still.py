"""Chooses images of a set of stills for a contact sheet."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vidsynth.errors import OutputError
from vidsynth.run.description import read_description

_COLUMNS = [
    "file", "person_id", "camera_id", "number", "split", "site", "background", "azimuth",
]  # fmt: skip


def is_still(root: Path) -> bool:
    """Whether a data set has images in place of tracklets. Raises OutputError: it is damaged."""
    if not (root / "dataset.json").exists():
        return False
    return bool(read_description(root)["layout"] == "market1501")


def crops_by_person(root: Path, columns: int) -> list[tuple[int, list[tuple[dict[str, Any], str]]]]:
    """Each identity with so many of its images and their captions, cameras in turn.

    Raises OutputError where no images are finished.
    """
    try:
        rows = pq.read_table(root / "crops", columns=_COLUMNS).to_pylist()
    except (OSError, pa.ArrowException):
        raise OutputError(
            f"Expected a finished data set at {root}, found no images: vidsynth render-images "
            f"--output {root} renders it, or finishes it."
        ) from None
    people: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["number"], row["camera_id"])):
        if row["split"] != "distractor":
            people[row["person_id"]].append(row)
    return [
        (
            person_id,
            [
                (row, f"{row['camera_id']} {row['background'] or row['site']}"[:16])
                for row in people[person_id][:columns]
            ],
        )
        for person_id in sorted(people)
    ]
