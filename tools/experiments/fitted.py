"""Configs fitted to a target, with parts of the fit left out: what each part is worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rendering import command
from trainings import Target

from vidsynth.target import statistics
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.layouts import read_target
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import TargetStatistics


def fit(
    recipe: str, target: Target, measured: Path, estimators: Path, pool: Path | None, config: Path
) -> None:
    """Writes a config for `render-images`, and what `vidsynth target fit` reports on it.

    Args:
        recipe: raw, unfolded, copula, scenes or defensive; each has what the one before has.
        target: what is fitted to.
        measured: its statistics.
        estimators: what measured them.
        pool: their rendered pool, to weigh scenes by; None: the cached default.
        config: the file to write.
    """
    if recipe in ("raw", "unfolded"):
        found = together(statistics.read(measured))
        if recipe == "raw":
            found = raw(found, target, read_estimators(estimators))
        measured = config.with_suffix(".target.json")
        statistics.write(measured, found)
    words = [str(measured), "--estimators", str(estimators), "--output", str(config)]
    if recipe in ("scenes", "defensive"):
        words += ["--crops", str(target.root), "--layout", target.data]
        words += ["--pool", str(pool)] if pool else []
    else:
        words.append("--no-weigh")
    if recipe != "defensive":
        words += ["--defensive", "0"]
    command("vidsynth.cli", "target", "fit", *words)


def together(found: TargetStatistics) -> TargetStatistics:
    """Statistics of all cameras as of one, in which no quantity goes with another."""
    pooled = found.pooled.model_copy(update={"correlation": None})
    return found.model_copy(update={"cameras": (), "pooled": pooled})


def raw(
    found: TargetStatistics, target: Target, estimators: Estimators, frames: int = 8
) -> TargetStatistics:
    """Statistics with the histogram of estimates for every distribution that was unfolded."""
    known = [n for n, d in found.pooled.quantities.items() if d.how == "regressed+unfolded"]
    totals = {name: np.zeros(len(QUANTITIES[name].centres)) for name in known}
    for tracklet in read_target(target.root, target.data, frames):
        estimates = estimators.estimate(list(tracklet.crops))
        for name in known:
            bins = QUANTITIES[name].bins(estimates[name])
            totals[name] += np.bincount(bins, minlength=len(totals[name])) / len(bins)
    quantities = dict(found.pooled.quantities)
    for name in known:
        shares = tuple((totals[name] / totals[name].sum()).round(4).tolist())
        known_in_full = {"counts": shares, "sd": None, "floor": 0, "rest": 0}
        quantities[name] = quantities[name].model_copy(update=known_in_full)
    pooled = found.pooled.model_copy(update={"quantities": quantities})
    return found.model_copy(update={"pooled": pooled})
