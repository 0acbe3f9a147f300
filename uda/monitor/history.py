"""The history of a run as plain files, for people without TensorBoard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from uda.files import write_whole


class History:
    """`metrics.jsonl`: one JSON object per line with ``step``, ``epoch`` and scalars by name."""

    def __init__(self, output: Path, *, start: int = 0, evaluated: bool = True) -> None:
        self.path = output / "metrics.jsonl"
        if self.path.exists():
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [line for line in lines if _before(line, start, evaluated)]
            write_whole(self.path, "".join(f"{line}\n" for line in kept))

    def add(self, entry: dict[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


def _before(line: str, start: int, evaluated: bool) -> bool:
    """Whether an entry belongs to the first ``start`` steps."""
    try:
        entry = json.loads(line)
        step = int(entry["step"])
    except (ValueError, KeyError, TypeError):  # the line a killed run did not finish
        return False
    return step < start or (step == start and (evaluated or "loss/loss" in entry))
