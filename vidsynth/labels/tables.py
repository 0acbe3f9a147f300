"""Tables of labels as Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA_VERSION = 8
"""Raise it with every change to a table."""


_AT_ONCE = 1_000


def write_table(path: Path, records: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    """Records as a Parquet file."""
    store_table(path, as_table(records, schema))


def as_table(records: Iterable[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Records as columns; not all are ever in memory as such, which takes ten times as much."""
    records = iter(records)
    pieces: list[pa.Table] = []
    while (some := list(islice(records, _AT_ONCE))) or not pieces:
        pieces.append(pa.Table.from_pylist(some, schema=schema))
    return pa.concat_tables(pieces).combine_chunks()


def store_table(path: Path, table: pa.Table) -> None:
    """Columns as a Parquet file."""
    table = table.replace_schema_metadata({"vidsynth_schema_version": str(SCHEMA_VERSION)})
    pq.write_table(table, path, compression="zstd")
