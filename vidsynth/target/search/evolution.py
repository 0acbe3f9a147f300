"""CMA-ES over a few means: a polish of settings that are near already. Hansen, The CMA Evolution
Strategy: A Tutorial, 2016, as his package `cma` has it (extra ``[search]``)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping

import numpy as np

from vidsynth.errors import ConfigError
from vidsynth.target.search.coordinates import Coordinates, begin, means, shares
from vidsynth.target.search.evaluations import Evaluations, Point

STEP = 0.2
"""Standard deviation to begin with, as a share of each coordinate's range."""
MOST = 12
"""Coordinates: beyond, the population of a polish is too small to learn from."""


def population(dimensions: int) -> int:
    """Candidates of a generation: 4 + 3 ln D, rounded down."""
    return 4 + math.floor(3 * math.log(dimensions))


def evolve(
    evaluate: Evaluations,
    coordinates: Coordinates,
    seed: int,
    generations: int = 8,
    start: Mapping[str, float] | None = None,
) -> Point:
    """The best means seen, the start included: candidates are drawn about it.

    Args:
        evaluate: the objective. It should draw the same random numbers for every candidate.
        coordinates: from 2 to `MOST` of them.
        seed: of the candidates.
        generations: of `population` candidates each.
        start: means to begin with, else the coordinates' own.

    Raises ConfigError: the extra is not installed, or there are too many coordinates.
    """
    try:
        import cma
    except ImportError:
        raise ConfigError(
            "Expected the package cma for a search by evolution, found none: "
            "`pip install 'vidsynth-uda[search]'`, or use attribute descent (--method descent)."
        ) from None
    if not 2 <= len(coordinates) <= MOST:
        raise ConfigError(
            f"Expected 2 to {MOST} coordinates for a search by evolution, found "
            f"{len(coordinates)}: leave out those that matter least, or use --method descent."
        )
    best = dict(begin(coordinates) if start is None else start)
    least = evaluate(best)
    options = {
        "bounds": [0, 1],
        "popsize": population(len(coordinates)),
        "seed": seed % (2**31 - 2) + 1,  # 0 is the clock
        "verbose": -9,
        "maxiter": generations,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strategy = cma.CMAEvolutionStrategy(shares(coordinates, best), STEP, options)
    for _ in range(generations):
        candidates = [np.clip(c, 0, 1) for c in strategy.ask()]
        values = []
        for candidate in candidates:
            tried = means(coordinates, candidate)
            value = evaluate(tried)
            values.append(value)
            if value < least:
                best, least = tried, value
        strategy.tell(candidates, values)
    return best
