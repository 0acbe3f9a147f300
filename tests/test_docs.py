"""Pages that are written from the code say what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("tool", ["benchmark_table.py", "attribute_table.py"])
def test_a_table_is_up_to_date(tool: str) -> None:
    command = [sys.executable, str(ROOT / "tools" / tool), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_benchmark_says_what_a_person_needs_to_know() -> None:
    from reid_datasets.benchmarks import BENCHMARKS

    for name, benchmark in BENCHMARKS.items():
        for field in ("title", "obtain", "layout", "protocol"):
            text = getattr(benchmark, field)
            assert text, f"{name}: no {field}"
            assert "|" not in text
