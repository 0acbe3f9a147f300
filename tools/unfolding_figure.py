"""The picture of docs/target.md on estimators: distributions of hidden rendered targets, raw and
unfolded, against their labels; three minutes on one core.

uv run tools/unfolding_figure.py estimators.safetensors hidden-pool
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import typer
from benches.target_unfolding import ONE, draw_hidden
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.pool import Pool, read_pool
from vidsynth.target.quantities import QUANTITIES

SHOWN = ("level", "steep", "two mounts", "dim", "night", "fine")
OUTPUT = Path(__file__).resolve().parents[1] / "docs/images/unfolding.png"


def main(estimators: Path, hidden: Path) -> None:
    """Writes docs/images/unfolding.png."""
    found, pool = read_estimators(estimators), read_pool(hidden, 4)
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    for axes, title in zip(figure.subplots(2, 3).ravel(), SHOWN, strict=True):
        _draw(axes, title, found, pool)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    OUTPUT.parent.mkdir(exist_ok=True)
    figure.savefig(OUTPUT, dpi=100)


def _draw(axes: Axes, title: str, found: Estimators, pool: Pool) -> None:
    name, draw = ONE[title]
    quantity = QUANTITIES[name]
    hidden = draw_hidden(pool, {name: draw}, np.random.default_rng(list(ONE).index(title)))
    estimates = found.of(hidden.described).estimates[name]
    shares, sd = (
        found.calibrations[name].response().bootstrap(estimates, None, np.random.default_rng(0))
    )
    true, raw = (
        np.bincount(quantity.bins(values), minlength=len(shares)) / len(values)
        for values in (hidden.truth[name], estimates)
    )
    axes.stairs(true, quantity.edges, fill=True, color="0.85", label="labels")
    axes.stairs(raw, quantity.edges, color="tab:red", linewidth=1.3, label="histogram of estimates")
    axes.errorbar(
        quantity.centres, shares, sd, fmt="o", color="tab:blue", markersize=4, linewidth=1,
        label="unfolded, with its error",
    )  # fmt: skip
    axes.set_title(title, fontsize=10)
    axes.set_xlabel(f"{name} ({quantity.unit})" if quantity.unit else name, fontsize=9)
    axes.set_yticks([])


if __name__ == "__main__":
    typer.run(main)
