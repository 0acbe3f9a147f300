"""What no estimator can tell of a target, from weights over the pool: places, hours, weathers,
photographs, exposure and light are as often as among those images that together look like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.errors import TargetError
from vidsynth.target.distances import RandomFourier
from vidsynth.target.distances.features import gram
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import Distribution as Measured
from vidsynth.target.weighing import LEAST_SAMPLE, Weighing, weigh_broadly

BINS = 8
FEWEST = 300
"""Images of the pool that weights are over."""
_WIDER = (1.0, 1.5, 2.0, 3.0, 5.0)


class Images(Protocol):
    """What of a pool is looked at: N rows, with truth (N,) of quantities and columns of labels."""

    @property
    def truth(self) -> dict[str, np.ndarray]: ...
    @property
    def table(self) -> dict[str, list[Any]]: ...
    @property
    def image(self) -> np.ndarray: ...
    @property
    def photographed(self) -> np.ndarray: ...
    @property
    def usable(self) -> np.ndarray: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True)
class KernelMean:
    """Where a target lies among features: its kernel mean (F,) and the ``cosines`` it was made
    with."""

    cosines: RandomFourier
    mean: np.ndarray


@dataclass(frozen=True)
class Scenes:
    """Shares by name, adding up to 1 each; ``photographed`` is that of images with a photograph
    behind them. ``spread`` has edges and shares of quantities, ``shares`` are of images with an
    occluder or a companion."""

    sites: dict[str, float]
    hours: dict[str, float]
    weathers: dict[str, float]
    photographed: float
    photographs: dict[str, float]
    spread: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)


def near(pool: Images, known: dict[str, Measured]) -> np.ndarray:
    """Rows of the pool whose quantities are about as ``known`` ones are: int (M,).

    Those within the middle 96 % of each, and the estimator's error around it; where there are too
    few of them, the bounds are wider. Without that, darkness that is a camera's gamma would be
    explained by night.
    """
    usable = np.asarray(pool.usable, bool)
    for wider in _WIDER:
        kept = usable.copy()
        for name, found in known.items():
            quantity = QUANTITIES[name]
            if quantity.circular or name not in pool.truth:
                continue
            low, high = _middle(found)
            margin = (found.mae or 0.0) + (wider - 1) * (quantity.high - quantity.low) / 8
            truth = pool.truth[name]
            kept &= ~((truth < low - margin) | (truth > high + margin))
        if kept.sum() >= min(FEWEST, usable.sum()):
            return np.flatnonzero(kept)
    return np.flatnonzero(usable)


def weigh_pool(features: np.ndarray, rows: np.ndarray, target: KernelMean) -> Weighing:
    """Weights over ``rows`` (M,) of a pool with ``features`` (N, D). Raises TargetError for a pool
    of too few."""
    some = np.asarray(features[rows], float)
    if len(some) < LEAST_SAMPLE:
        raise TargetError(
            f"Expected a pool with {LEAST_SAMPLE:g} images or more in which anything can be seen, "
            f"to weigh places over, found {len(some)}. Give a larger --pool, or leave it out."
        )
    towards = target.cosines(some) @ target.mean
    kernel = gram(some, some, target.cosines.sigma)
    return weigh_broadly(kernel, towards, least=LEAST_SAMPLE)


def scenes(
    pool: Images,
    rows: np.ndarray,
    weights: np.ndarray,
    unknown: Sequence[str],
    *,
    defensive: float,
) -> Scenes:
    """What the pool is like by weights (M,) of its ``rows``, with a ``defensive`` share of what it
    is like without them. ``unknown`` are quantities that histograms are made of."""
    broad = np.full(len(rows), 1 / len(rows))
    mixed = (1 - defensive) * weights + defensive * broad
    picture = pool.image[rows]

    def column(name: str) -> np.ndarray:
        return np.array([str(value) for value in pool.table[name]], object)[picture]

    behind = np.asarray(pool.photographed, bool)[rows]
    hours, weathers = column("hour"), column("weather")
    outdoors = ~behind & np.isin(hours, HOURS) & np.isin(weathers, WEATHERS)
    return Scenes(
        sites=_by_name(column("site"), mixed, ~behind),
        hours=_by_name(hours, mixed, outdoors),
        weathers=_by_name(weathers, mixed, outdoors),
        photographed=float(mixed[behind].sum()),
        photographs=_by_name(column("background"), mixed, behind),
        spread={
            name: _histogram(pool.truth[name][rows], mixed, QUANTITIES[name].circular)
            for name in unknown
            if name in pool.truth and np.isfinite(pool.truth[name][rows]).sum() >= BINS
        },
        shares={
            name: float(np.average(pool.truth[name][rows], weights=mixed))
            for name in ("occluder", "companion")
            if name in pool.truth and np.isfinite(pool.truth[name][rows]).all()
        },
    )


def _by_name(names: np.ndarray, weights: np.ndarray, where: np.ndarray) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, weight in zip(names[where], weights[where], strict=True):
        found[name] = found.get(name, 0.0) + float(weight)
    total = sum(found.values())
    return {name: found[name] / total for name in sorted(found)} if total > 0 else {}


def _histogram(
    values: np.ndarray, weights: np.ndarray, circular: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Edges and shares of equal bins over the range that the pool has."""
    there = np.isfinite(values)
    values, weights = values[there], weights[there]
    # On a circle the range is the whole of it.
    span = (-180.0, 180.0) if circular else (float(values.min()), float(values.max()))
    if circular and values.max() > 180:
        span = (0.0, 360.0)
    shares, edges = np.histogram(values, BINS, range=span, weights=weights)
    return edges, shares / shares.sum()


def _middle(found: Measured) -> tuple[float, float]:
    edges, shares = np.array(found.edges), found.shares()
    reached = np.concatenate([[0.0], np.cumsum(shares)])
    low, high = np.interp([0.02, 0.98], reached, edges)
    return float(low), float(high)
