"""What the toolkit knows about a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reid_datasets.counts import Counts
from reid_datasets.records import Split


@dataclass(frozen=True)
class Benchmark:
    """``published`` are the counts of train, query and gallery, where they are fixed."""

    title: str
    read: Callable[[Path], Split]
    published: Mapping[str, Counts] | None = None
