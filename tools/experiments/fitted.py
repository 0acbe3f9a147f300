"""Settings fitted to a target, with parts of the fit left out: what each part is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from trainings import Target

from vidsynth.target import fitting, statistics
from vidsynth.target.estimators import Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.features import describe
from vidsynth.target.layouts import read_target
from vidsynth.target.pool import read_pool
from vidsynth.target.pool_rendering import kept_pool
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import TargetStatistics


def settings(
    recipe: str,
    target: Target,
    measured: Path,
    estimators: Path,
    pool: Path | None,
    photographs: Path | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A config for `render-images`, and a report on it.

    Args:
        recipe: raw, unfolded, copula, scenes or defensive; each has what the one before has.
        target: what is fitted to.
        measured: its statistics.
        estimators: what measured them.
        pool: the estimators' rendered pool, to weigh scenes by; None: the cached default.
        photographs: what is behind people in it.
    """
    found = statistics.read(measured)
    if recipe in ("raw", "unfolded"):
        found = together(found)
    if recipe == "raw":
        found = raw(found, target, read_estimators(estimators))
    if recipe in ("raw", "unfolded", "copula"):
        fit = fitting.fit(found, defensive=0)
    else:
        trained = read_estimators(estimators)
        rendered = read_pool(pool or kept_pool(photographs, None))
        fit = fitting.fit(
            found,
            rendered,
            trained.of(describe(map(trained.pipe.apply, rendered.pixels()))).features,
            photographs=photographs,
            defensive={"scenes": 0, "defensive": fitting.DEFENSIVE}[recipe],
        )
    return fit.settings, fit.report


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
        shares = tuple((totals[name] / totals[name].sum()).tolist())
        quantities[name] = quantities[name].model_copy(update={"counts": shares, "sd": None})
    pooled = found.pooled.model_copy(update={"quantities": quantities})
    return found.model_copy(update={"pooled": pooled})
