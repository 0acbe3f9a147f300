"""Sums finished shots up into tracklets.parquet and the lists of the format: at any time, any
number of times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vidsynth.files import sync
from vidsynth.formats import FORMATS
from vidsynth.formats.queries import query_names
from vidsynth.labels.tables import as_table, store_table
from vidsynth.labels.tracklets import TRACKLETS
from vidsynth.run.markers import PARTIAL

_DECIDING = ["tracklet", "label_id", "split", "camera_id", "outfit_id"]
"""Columns that `query_names` reads."""


def gather(
    root: Path, markers: Sequence[dict[str, Any]], layout: str, tracklets: bool = True
) -> tuple[int, int]:
    """Writes the lists for these shots' markers; returns how many tracklets and how many crops,
    whole frames or images there are.

    ``layout`` is the format's name; without ``tracklets`` every image stands for itself. Markers
    are gone through one at a time.
    """
    pictures = sum(marker["crops"] for marker in markers)
    found = _write_tracklets(root, markers) if tracklets else pictures
    FORMATS[layout].index(root, markers)
    return found, pictures


def _write_tracklets(root: Path, markers: Sequence[dict[str, Any]]) -> int:
    schema = TRACKLETS.schema
    table = as_table(_rows(markers), schema.remove(schema.get_field_index("query")))
    table = table.sort_by("tracklet")
    tests = table.select(_DECIDING).filter(pc.field("split") != "train")
    queries = query_names(row for part in tests.to_batches(10_000) for row in part.to_pylist())
    asked = pc.is_in(table["tracklet"], pa.array(sorted(queries), pa.string()))
    table = table.append_column(schema.field("query"), asked).select(schema.names)
    (root / PARTIAL).mkdir(exist_ok=True)
    path = root / PARTIAL / "tracklets.parquet"
    store_table(path, table)
    sync(path)
    path.replace(root / "tracklets.parquet")
    return int(table.num_rows)


def _rows(markers: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for marker in markers:
        for record in marker["tracklets"]:
            yield {**record, "frames": len(record["frames"])}
