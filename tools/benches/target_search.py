"""Row 10: searches find their way to a target that is itself a config, and count what they cost.

The target are images of other people, developed with means of its own from the light of a pool; the
search develops its own pool's. The floor is the distance of the true means with the search's own
people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from benches.target import Row

from vidsynth.target.distances import Moments, moments
from vidsynth.target.estimators import Estimators
from vidsynth.target.features import describe
from vidsynth.target.pool import Pool, read_pool
from vidsynth.target.search.coordinates import Coordinate, begin
from vidsynth.target.search.descent import descend
from vidsynth.target.search.developing import DevelopedDistance
from vidsynth.target.search.evaluations import Evaluations, Objective
from vidsynth.target.search.evolution import evolve

LOOK = {
    "look.exposure_ev": Coordinate(low=-1.2, high=1.2, spread=0.1, values=5),
    "look.gamma": Coordinate(low=0.6, high=1.8, spread=0.08, values=5),
    "look.noise": Coordinate(low=0, high=10, spread=0.5, within=(0, 40), values=5),
    "look.blur": Coordinate(low=0, high=2.4, spread=0.1, within=(0, 6), values=5),
}
LOOK_TRUTH = {
    "look.exposure_ev": -0.5, "look.gamma": 1.6, "look.noise": 6.0, "look.blur": 0.5,
}  # fmt: skip
_SWEEPS, _GENERATIONS = 2, 5
_IMAGES = 96


def rows(known: Estimators, pool: Path, hidden: Path) -> Iterator[Row]:
    """The rows, as they are found. ``hidden`` is a pool of other people."""

    def features(crops: Iterator[np.ndarray]) -> np.ndarray:
        return known.of(describe(map(known.pipe.apply, crops))).features

    def developed(root: Path, target: Moments) -> DevelopedDistance:
        found = read_pool(root)
        return DevelopedDistance(found, _some(found), None, [], LOOK, target, features)

    nothing = Moments(np.zeros(1), np.zeros((1, 1)), 1)
    sought = moments(developed(hidden, nothing).developed(LOOK_TRUTH))
    ours = developed(pool, sought)
    yield from _of(ours)


def _of(objective: Objective) -> Iterator[Row]:
    floor = objective(LOOK_TRUTH)
    searches: dict[str, Callable[[Evaluations], object]] = {
        "descent": lambda evaluate: descend(evaluate, LOOK, _SWEEPS),
        "evolution": lambda evaluate: evolve(evaluate, LOOK, 0, _GENERATIONS),
    }
    for name, searched in searches.items():
        began, evaluate = time.process_time(), Evaluations(objective, _IMAGES)
        searched(evaluate)
        start, end = evaluate(begin(LOOK)), evaluate.least
        best = evaluate.best or {}
        at = ", ".join(f"{key.partition('.')[2]} {value:.3g}" for key, value in best.items())
        cost = f"{evaluate.rendered:,} images developed, {time.process_time() - began:.0f} CPU-s"
        demand = f"{name}: FD from {start:.1f} to at most 1.5 floors of {floor:.1f}"
        yield Row(10, demand, f"{end:.1f} at {at}; {cost}", end <= 1.5 * floor and end <= start)


def _some(pool: Pool) -> np.ndarray:
    """Rows of a pool, evenly spread."""
    return np.linspace(0, len(pool) - 1, _IMAGES).astype(int)
