"""One HTML page with everything that a statistics file holds, drawn."""

from __future__ import annotations

from pathlib import Path

from vidsynth.target.statistics import TargetStatistics


def write_page(statistics: TargetStatistics, output: Path) -> None:
    """Writes the page, which needs no other file and no network."""
    raise NotImplementedError
