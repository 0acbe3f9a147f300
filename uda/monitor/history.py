"""The history of a run as plain files, for people without TensorBoard."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class History:
    """`metrics.jsonl`: one JSON object per line with ``step``, ``epoch`` and scalars by name."""

    def __init__(self, output: Path, *, start: int = 0, evaluated: bool = True) -> None:
        self.path = output / "metrics.jsonl"
        if self.path.exists():
            lines = self.path.read_text().splitlines()
            kept = [line for line in lines if _before(line, start, evaluated)]
            write(self.path, "".join(f"{line}\n" for line in kept))

    def add(self, entry: dict[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


def _before(line: str, start: int, evaluated: bool) -> bool:
    """Whether an entry belongs to the first ``start`` steps."""
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:  # the line a killed run did not finish
        return False
    return entry["step"] < start or (entry["step"] == start and (evaluated or "loss/loss" in entry))


def write(path: Path, text: str) -> None:
    """All of the text or none of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text)
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    write(path, json.dumps(value, indent=2) + "\n")
