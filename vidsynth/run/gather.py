"""Sums finished shots up into tracklets.parquet and the lists of the format: at any time, any
number of times."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vidsynth.files import sync
from vidsynth.formats import FORMATS
from vidsynth.formats.queries import query_names
from vidsynth.labels.tables import TRACKLETS, write_table
from vidsynth.run.executors.executor import PARTIAL


def gather(root: Path, markers: Iterable[dict[str, Any]], layout: str) -> tuple[int, int]:
    """Writes the lists for these shots' markers; returns how many tracklets and how many crops, or
    whole frames, there are.

    ``layout`` is the config's ``output.format``.
    """
    finished = list(markers)
    records = [record for marker in finished for record in marker["tracklets"]]
    records.sort(key=lambda record: record["tracklet"])
    queries = query_names(records)
    rows = [
        {**record, "frames": len(record["frames"]), "query": record["tracklet"] in queries}
        for record in records
    ]
    (root / PARTIAL).mkdir(exist_ok=True)
    table = root / PARTIAL / "tracklets.parquet"
    write_table(table, rows, TRACKLETS)
    sync(table)
    table.replace(root / "tracklets.parquet")
    FORMATS[layout].index(root, finished)
    return len(rows), sum(marker["crops"] for marker in finished)
