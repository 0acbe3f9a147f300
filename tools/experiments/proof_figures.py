"""Pictures of docs/results.md: mAP by people, and what parts and models are worth."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scoring import HALF

from uda.monitor.charts import COLOURS

Rows = Mapping[str, Any]


def draw(rows: Mapping[str, Rows], docs: Path) -> dict[str, str]:
    """Draws the questions that have rows; the pictures' paths below ``docs``, by question."""
    drawn = {}
    for question, found in rows.items():
        if question in ("source", "adaptation") or len(found) < 2:
            continue
        targets = list(dict.fromkeys(name for row in found.values() for name in row["targets"]))
        figure = Figure(figsize=(2.7 * len(targets), 2.8), layout="constrained")
        with matplotlib.rc_context({"font.size": 8}):
            panels = figure.subplots(1, len(targets), squeeze=False)[0]
            for axes, target in zip(panels, targets, strict=True):
                axes.set_title(target, fontsize=9)
                (_by_size if question == "size" else _bars)(axes, found, target)
        place = f"images/results-{question}.png"
        figure.savefig(docs / place, dpi=110)
        drawn[question] = place
    return drawn


def _by_size(axes: Axes, rows: Rows, target: str) -> None:
    """Mean and deviation over seeds by people, a curve for each length of tracklets."""
    for frames, colour in zip((4, 16), COLOURS, strict=False):
        points = []
        for name, row in rows.items():
            said = re.fullmatch(rf"(\d+) people, {frames} frames", name)
            if said and target in row["targets"]:
                values = row["targets"][target][HALF]["mAP"]
                points.append((int(said[1]), statistics.mean(values), _deviation(values)))
        if points:
            people, means, deviations = zip(*sorted(points), strict=True)
            axes.errorbar(
                people, means, deviations, color=colour, marker="o", ms=3, label=f"{frames} frames"
            )
    axes.set_xscale("log", base=2)
    axes.set(xlabel="people", ylabel="mAP by camera, %")
    axes.legend(frameon=False)


def _bars(axes: Axes, rows: Rows, target: str) -> None:
    """Mean and deviation over seeds of each row."""
    some = {name: row for name, row in rows.items() if target in row["targets"]}
    values = [row["targets"][target][HALF]["mAP"] for row in some.values()]
    axes.barh(
        list(some),
        [statistics.mean(each) for each in values],
        xerr=[_deviation(each) for each in values],
        color=COLOURS[0],
        height=0.6,
    )
    axes.invert_yaxis()
    axes.set(xlabel="mAP by camera, %")


def _deviation(values: list[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0
