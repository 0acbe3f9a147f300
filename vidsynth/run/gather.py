"""Sums finished shots up into tracklets.parquet and, for MARS readers, info/: at any time, any
number of times."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vidsynth.labels import TRACKLETS, write_table
from vidsynth.run.files import sync
from vidsynth.run.output import PARTIAL
from vidsynth.writers.mars import WrittenTracklet, query_names, write_info


def gather(root: Path, markers: Iterable[dict[str, Any]], layout: str) -> tuple[int, int]:
    """Writes the lists for these shots' markers; returns how many tracklets and crops there are.

    ``layout`` is the config's ``output.format``.
    """
    records = [record for marker in markers for record in marker["tracklets"]]
    records.sort(key=lambda record: record["tracklet"])
    written = [
        WrittenTracklet(
            record["tracklet"],
            record["label_id"],
            record["camera_id"],
            record["split"] != "train",
            tuple(record["frames"]),
            record["outfit_id"],
        )
        for record in records
    ]
    queries = query_names(written)
    rows = [
        {**record, "frames": len(record["frames"]), "query": record["tracklet"] in queries}
        for record in records
    ]
    (root / PARTIAL).mkdir(exist_ok=True)
    table = root / PARTIAL / "tracklets.parquet"
    write_table(table, rows, TRACKLETS)
    sync(table)
    table.replace(root / "tracklets.parquet")
    if layout == "mars":
        write_info(root, written)
    return len(rows), sum(row["frames"] for row in rows)
