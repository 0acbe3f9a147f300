"""Charts of a run: SVG for pages, PNG for everything else."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

COLOURS = ("#2f6db5", "#d1592b", "#2f9e6e", "#8a5fb4", "#b8892b", "#5b6672", "#c2477f", "#3aa3b8")
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa3ad",
    "axes.labelcolor": "#3a424b",
    "axes.grid": True,
    "grid.color": "#e6e9ec",
    "axes.axisbelow": True,
    "xtick.color": "#5b6672",
    "ytick.color": "#5b6672",
    "legend.frameon": False,
    "svg.hashsalt": "uda",  # equal charts, equal files
    "svg.fonttype": "none",
    "text.parse_math": False,  # names are not formulas, whatever dollars are in them
}


def cmc(curves: Mapping[str, Sequence[float]]) -> Figure:
    """Cumulative matching characteristics by name; each list starts at rank 1."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _canvas()
        for (name, shares), colour in zip(curves.items(), _cycle(), strict=False):
            ranks = np.arange(1, len(shares) + 1)
            # A legend leaves out what begins with an underscore.
            label = f" {name}" if name.startswith("_") else name
            axes.plot(ranks, 100 * np.array(shares), color=colour, label=label, lw=1.8)
            axes.plot(1, 100 * shares[0], "o", color=colour, ms=4)
        axes.set(xlabel="rank", ylabel="queries with a match so far, %", xlim=(0.5, None))
        axes.set_ylim(top=101)
        axes.legend(loc="lower right")
    return figure


def distances(histogram: Mapping[str, Any]) -> Figure:
    """Distances of pairs of the same person and of other people, each as a density.

    ``histogram``: see `uda.evaluation.curves`.
    """
    with matplotlib.rc_context(_STYLE):
        figure, axes = _canvas()
        edges = np.array(histogram["edges"])
        for key, label, colour in (
            ("other", "other people", COLOURS[1]),
            ("same", "same person, another camera", COLOURS[0]),
        ):
            counts = np.array(histogram[key], float)
            density = counts / max(counts.sum(), 1) / np.diff(edges)
            axes.stairs(density, edges, fill=True, color=colour, alpha=0.45, label=label)
        used = np.flatnonzero(np.array(histogram["same"]) + np.array(histogram["other"]))
        if len(used):
            axes.set_xlim(edges[max(used[0] - 1, 0)], edges[min(used[-1] + 2, len(edges) - 1)])
        compared_by = str(histogram.get("compared_by", "")).replace("_", " ")
        axes.set(xlabel=f"{compared_by} distance".strip(), ylabel="density")
        axes.set_yticks([])
        axes.legend(loc="upper left")
    return figure


def scalars(title: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Curves over training steps: (step, value) pairs by name."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _canvas(width=3.4, height=2.1)
        for (name, points), colour in zip(lines.items(), _cycle(), strict=False):
            steps, values = zip(*points, strict=True)
            marker = "o" if len(points) < 12 else None
            axes.plot(steps, values, color=colour, lw=1.3, marker=marker, ms=3, label=name)
        axes.set_title(title, fontsize=9, loc="left", color="#3a424b")
        if len(lines) > 1:
            axes.legend(fontsize=7)
    return figure


def domains(points: Mapping[str, np.ndarray]) -> Figure:
    """Clips of each domain in the plane, (N, 2) by name."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _canvas(width=4.2, height=4.2)
        for (name, plane), colour in zip(points.items(), _cycle(), strict=False):
            axes.scatter(plane[:, 0], plane[:, 1], s=9, color=colour, alpha=0.7, lw=0, label=name)
        axes.set(xticks=[], yticks=[], title="t-SNE of training clips")
        axes.legend(loc="upper right", frameon=True, framealpha=0.8, edgecolor="none")
    return figure


def as_svg(figure: Figure) -> str:
    """The chart as an ``<svg>`` element."""
    out = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def as_image(figure: Figure) -> Image.Image:
    """The chart as an RGB picture, 120 pixels to the inch."""
    out = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(out, format="png", dpi=120)
    return Image.open(out).convert("RGB")


def _canvas(width: float = 5.2, height: float = 3.3) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _cycle() -> Any:
    while True:
        yield from COLOURS
