"""Sums finished shots up into tracklets.parquet and the lists of the format: at any time, any
number of times."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vidsynth.files import sync
from vidsynth.formats import FORMATS
from vidsynth.formats.queries import query_names
from vidsynth.labels.tables import write_table
from vidsynth.labels.tracklets import TRACKLETS
from vidsynth.run.markers import PARTIAL


def gather(
    root: Path, markers: Iterable[dict[str, Any]], layout: str, tracklets: bool = True
) -> tuple[int, int]:
    """Writes the lists for these shots' markers; returns how many tracklets and how many crops,
    whole frames or images there are.

    ``layout`` is the format's name; without ``tracklets`` every image stands for itself.
    """
    finished = list(markers)
    pictures = sum(marker["crops"] for marker in finished)
    found = _write_tracklets(root, finished) if tracklets else pictures
    FORMATS[layout].index(root, finished)
    return found, pictures


def _write_tracklets(root: Path, finished: list[dict[str, Any]]) -> int:
    records = [record for marker in finished for record in marker["tracklets"]]
    records.sort(key=lambda record: record["tracklet"])
    queries = query_names(records)
    rows = [
        {**record, "frames": len(record["frames"]), "query": record["tracklet"] in queries}
        for record in records
    ]
    (root / PARTIAL).mkdir(exist_ok=True)
    table = root / PARTIAL / "tracklets.parquet"
    write_table(table, rows, TRACKLETS.schema)
    sync(table)
    table.replace(root / "tracklets.parquet")
    return len(rows)
