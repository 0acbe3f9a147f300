"""Pictures of response matrices: what is estimated of every truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vidsynth.target.unfolding import Calibration


def draw_responses(calibrations: Mapping[str, Calibration], folder: Path) -> None:
    """Writes NAME.png for every quantity: a column for each truth, darker where estimates of it
    lie; the diagonal is a net that is always right."""
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    for name, calibration in calibrations.items():
        quantity = calibration.quantity
        figure = Figure(figsize=(4, 4), layout="constrained")
        axes = figure.add_subplot()
        counts, _, _ = np.histogram2d(
            np.clip(calibration.truth, quantity.low, quantity.high),
            np.clip(calibration.estimates, quantity.low, quantity.high),
            bins=(quantity.edges, np.linspace(quantity.low, quantity.high, 25)),  # type: ignore[arg-type]
        )
        shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
        ends = (quantity.low, quantity.high)
        axes.imshow(shares.T, origin="lower", extent=ends * 2, aspect="auto", cmap="Blues")
        axes.plot(ends, ends, color="0.5", linewidth=0.8)
        axes.set_xlabel(f"true {name} ({quantity.unit})" if quantity.unit else f"true {name}")
        axes.set_ylabel("estimated")
        figure.savefig(folder / f"{name}.png", dpi=110)
