"""Reads the file that W&B writes while offline."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK = 32768
HEADER = struct.Struct("<IHB")
"""Checksum, length, and 1 for a whole record or 2, 3, 4 for its first, a middle, its last part."""


def history(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Step and entries of every row; a picture is a dictionary."""
    from wandb.proto import wandb_internal_pb2

    rows = []
    for content in _records(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(content)
        if record.WhichOneof("record_type") != "history":
            continue
        row: dict[str, Any] = {}
        for item in record.history.item:
            first, *rest = list(item.nested_key) or [item.key]
            value = json.loads(item.value_json)
            if rest:
                row.setdefault(first, {})[".".join(rest)] = value
            elif not first.startswith("_"):
                row[first] = value
        rows.append((record.history.step.num, row))
    return rows


def _records(data: bytes) -> Iterator[bytes]:
    """Records of LevelDB's log format, after W&B's header of 7 bytes."""
    at, content = 7, b""
    while at + HEADER.size <= len(data):
        if BLOCK - at % BLOCK < HEADER.size:
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = HEADER.unpack_from(data, at)
        at += HEADER.size
        content += data[at : at + length]
        at += length
        if kind in (1, 4):
            yield content
            content = b""
