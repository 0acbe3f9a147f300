"""Tables of labels as Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA_VERSION = 7
"""Raise it with every change to a table."""


def write_table(
    path: Path, records: Iterable[dict[str, Any]], schema: pa.Schema | None = None
) -> None:
    """Records as a Parquet file; without a schema, types are read off the values."""
    table = pa.Table.from_pylist(list(records), schema=schema)
    table = table.replace_schema_metadata({"vidsynth_schema_version": str(SCHEMA_VERSION)})
    pq.write_table(table, path, compression="zstd")
