"""Benchmarks by name."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from reid_datasets.benchmarks import mars, synthetic
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

BENCHMARKS: dict[str, Benchmark] = {
    "mars": Benchmark("MARS", mars.read, mars.PUBLISHED),
    "synthetic": Benchmark("rendered by vidsynth", synthetic.read),
}


def find(name: str) -> Benchmark:
    """A benchmark by name; raises DatasetError with the nearest valid one."""
    if name not in BENCHMARKS:
        near = difflib.get_close_matches(name.lower(), BENCHMARKS, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise DatasetError(
            f"Expected a benchmark among {', '.join(BENCHMARKS)}, found {name!r}. {hint}"
        )
    return BENCHMARKS[name]


def default_root(name: str) -> Path:
    """Where a benchmark is looked for: under $REID_DATA, or ``data`` in the working directory."""
    return Path(os.environ.get("REID_DATA", "data")) / name


def load(name: str, root: Path | str | None = None) -> Split:
    """A benchmark's official split. Raises DatasetError when it is unknown, missing or damaged."""
    benchmark = find(name)
    return benchmark.read(default_root(name) if root is None else Path(root))
