"""Charts of a data set, each an SVG to put into a page."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

BLUE, ORANGE, SOFT = "#2f6db5", "#d1592b", "#5b6672"
PALETTE = ("#2f6db5", "#d1592b", "#2f9e6e", "#8a5fb4", "#b8892b", "#c2477f", "#3aa3b8", "#5b6672")
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa3ad",
    "axes.labelcolor": "#3a424b",
    "axes.titlesize": 10,
    "axes.titlecolor": "#3a424b",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "svg.hashsalt": "vidsynth",  # equal charts, equal files
    "svg.fonttype": "none",
}
_MOST_BARS = 24
_VIEW = 14.0
"""Metres of a camera's view that are drawn on a map."""


def bars(title: str, words: Mapping[str, int]) -> str:
    """How often each word occurs, the most frequent first."""
    found = Counter(words).most_common()
    counts = found[:_MOST_BARS]
    names = [textwrap.shorten(name, 26, placeholder="...") for name, _ in counts]
    with matplotlib.rc_context(_STYLE):
        figure = Figure((3.4, 0.55 + 0.19 * len(counts)), layout="constrained")
        axes = figure.subplots()
        axes.barh(range(len(counts)), [count for _, count in counts], color=BLUE, height=0.72)
        axes.set_yticks(range(len(counts)), names)
        axes.invert_yaxis()
        rest = len(found) - len(counts)
        axes.set_title(title + (f" ({rest} more)" if rest else ""), loc="left")
        return _svg(figure)


def histogram(title: str, values: np.ndarray, unit: str) -> str:
    """A histogram with its median."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure((3.4, 2.1), layout="constrained")
        axes = figure.subplots()
        axes.hist(values, bins=30, color=BLUE)
        axes.axvline(float(np.median(values)), color=ORANGE, lw=1.2)
        axes.set(xlabel=unit)
        axes.set_title(f"{title}, median {np.median(values):.3g}", loc="left")
        return _svg(figure)


def rose(title: str, degrees: np.ndarray) -> str:
    """From which side people are seen: 36 sectors, 0 the face at the bottom, 90 their left."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure((3.0, 3.0), layout="constrained")
        axes = figure.subplots(subplot_kw={"projection": "polar"})
        counts, edges = np.histogram(degrees % 360, np.arange(0, 361, 10))
        axes.bar(np.radians(edges[:-1] + 5), counts, width=np.radians(9.4), color=BLUE)
        axes.set_theta_zero_location("S")  # type: ignore[attr-defined]  # polar axes have it
        axes.set_xticks(np.radians([0, 90, 180, 270]), ["face", "left", "back", "right"])
        axes.set_yticklabels([])
        axes.set_title(title, loc="left")
        return _svg(figure)


def grid(title: str, pairs: Mapping[tuple[str, str], int]) -> str:
    """How often each pair (row, column) of words occurs."""
    rows = sorted({row for row, _ in pairs})
    columns = sorted({column for _, column in pairs})
    counts = np.zeros((len(rows), len(columns)), int)
    for (row, column), count in pairs.items():
        counts[rows.index(row), columns.index(column)] = count
    with matplotlib.rc_context(_STYLE):
        figure = Figure((1.3 + 0.72 * len(columns), 0.9 + 0.3 * len(rows)), layout="constrained")
        axes = figure.subplots()
        axes.imshow(counts, cmap="Blues", aspect="auto", vmin=0, vmax=max(1, 1.4 * counts.max()))
        for (r, c), count in np.ndenumerate(counts):
            axes.text(c, r, str(count), ha="center", va="center", fontsize=8, color="#1f262d")
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
        axes.set_yticks(range(len(rows)), rows)
        axes.set_title(title, loc="left")
        return _svg(figure)


def camera_map(
    site: str, cameras: Sequence[Mapping[str, Any]], feet: Sequence[tuple[int, float, float]]
) -> str:
    """A site from above: each camera with its field of view, and where its people stood."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure((4.6, 4.2), layout="constrained")
        axes = figure.subplots()
        own = {camera["camera_id"] for camera in cameras}
        stood = np.array([place for camera_id, *place in feet if camera_id in own])
        if len(stood):
            axes.plot(*stood.T, ".", color=SOFT, ms=1.6, alpha=0.5)
        for camera, colour in zip(cameras, _cycle(len(cameras)), strict=True):
            x, y, z = camera["position"]
            across = np.arctan2(camera["look_at"][1] - y, camera["look_at"][0] - x)
            half = np.arctan(camera["width"] / 2 / camera["K"][0][0])
            arc = across + np.linspace(-half, half, 24)
            axes.fill(
                [x, *(x + _VIEW * np.cos(arc))], [y, *(y + _VIEW * np.sin(arc))],
                color=colour, alpha=0.10, lw=0,
            )  # fmt: skip
            axes.plot(x, y, "o", color=colour, ms=6)
            axes.annotate(
                f"{camera['camera_id']} ({z:.1f} m)", (x, y), (5, 4), textcoords="offset points",
                fontsize=8, color=colour,
            )  # fmt: skip
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xlabel="metres", ylabel="metres")
        axes.set_title(site, loc="left")
        return _svg(figure)


def _cycle(count: int) -> list[str]:
    return [PALETTE[k % len(PALETTE)] for k in range(count)]


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
