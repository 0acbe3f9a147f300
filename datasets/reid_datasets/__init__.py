"""Benchmarks of person re-identification, as their authors laid them out.

load     a benchmark's official split, by name
Split    what it gives: training, query and gallery tracklets
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reid_datasets.benchmarks import load
    from reid_datasets.records import Split

__all__ = ["Split", "load"]

_PLACES = {"load": "reid_datasets.benchmarks", "Split": "reid_datasets.records"}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
