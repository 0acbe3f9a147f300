"""How far sets of crops are from a target, quantity by quantity and in features, beside how far
two halves of the target are from each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.distances import (
    Moments,
    RandomFourier,
    binned_sd,
    binned_wasserstein,
    domain_auc,
    frechet_distance,
    half_split_floor,
    kernel_mean_distance,
    kid,
    moments,
    tracklet_weights,
)
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import TargetStatistics
from vidsynth.target.video.features import over_time

FARTHEST = 6.0
"""Standard deviations of the pool beyond which a feature is cut, as statistics do."""

_FEWEST = 4


@dataclass(frozen=True)
class Features:
    """Features (N, D) of crops, and the tracklet (N,) that each is of."""

    values: np.ndarray
    tracklets: np.ndarray

    @classmethod
    def of(cls, by_tracklet: Sequence[np.ndarray]) -> Features:
        """Of each tracklet's features (n, D)."""
        counts = [len(found) for found in by_tracklet]
        values = np.clip(np.concatenate(list(by_tracklet)).astype(float), -FARTHEST, FARTHEST)
        return cls(values, np.repeat(np.arange(len(counts)), counts))

    @property
    def count(self) -> int:
        """Tracklets."""
        return len(np.unique(self.tracklets))

    @property
    def weights(self) -> np.ndarray:
        """Of crops (N,), with which each tracklet weighs the same."""
        return tracklet_weights(self.tracklets)

    @property
    def moments(self) -> Moments:
        """Of crops, with which each tracklet weighs the same and is one sample."""
        return moments(self.values, self.weights, self.tracklets)

    @property
    def by_tracklet(self) -> list[np.ndarray]:
        """The features (n, D) of each tracklet."""
        order = np.argsort(self.tracklets, kind="stable")
        _, first = np.unique(self.tracklets[order], return_index=True)
        return np.split(self.values[order], first[1:])

    def some(self, count: int, seed: int = 0) -> Features:
        """The same of so many tracklets, drawn."""
        names = np.unique(self.tracklets)
        if count >= len(names):
            return self
        kept = np.random.default_rng(seed).permutation(names)[:count]
        rows = np.isin(self.tracklets, kept)
        return Features(self.values[rows], self.tracklets[rows])

    def rows(self, chosen: np.ndarray) -> Features:
        """The crops at these places."""
        return Features(self.values[chosen], self.tracklets[chosen])


@dataclass(frozen=True)
class Place:
    """Where a target lies among features, as much as is known: ``cosines`` made ``mean`` (F,) of
    ``count`` tracklets, whose crops are as ``alike`` as `RandomFourier.alike` says; ``moments`` are
    the target's; ``crops`` all of its features."""

    count: int
    cosines: RandomFourier | None = None
    mean: np.ndarray | None = None
    moments: Moments | None = None
    crops: Features | None = None
    alike: float = 1.0

    @classmethod
    def of_statistics(cls, statistics: TargetStatistics) -> Place:
        """What a statistics file says, nothing where it has no embedding."""
        count, pooled = statistics.source.tracklets, statistics.pooled
        held, two = pooled.embedding, pooled.moments
        return cls(
            count,
            None if held is None else RandomFourier(held.d, held.sigma, held.features, held.seed),
            None if held is None else held.vector(),
            None if two is None else Moments(two.vector(), two.matrix(), count),
            alike=1.0 if held is None else held.alike,
        )

    @classmethod
    def of_crops(cls, crops: Features, sigma: float) -> Place:
        """Of a target whose crops are at hand."""
        cosines = RandomFourier(crops.values.shape[1], sigma)
        return cls(
            crops.count,
            cosines,
            cosines.mean(crops.values, crops.weights),
            crops.moments,
            crops,
            cosines.alike(crops.values, crops.tracklets),
        )


@dataclass(frozen=True)
class Distance:
    """A distance of each set by name, and the floor: what two halves of the target have.

    ``scale`` is the target's standard deviation, by which a distance in the quantity's ``unit`` is
    divided to compare it with others; None where there is none.
    """

    name: str
    unit: str
    of: dict[str, float]
    floor: float | None = None
    scale: float | None = None

    def matched(self, name: str) -> bool | None:
        """Whether the set is within two floors; None where no floor is known."""
        return None if self.floor is None else self.of[name] <= 2 * self.floor


@dataclass(frozen=True)
class Comparison:
    """``quantities`` and ``features`` of the sets; ``tracklets`` are how many each has,
    ``notes`` what is to be known with the numbers."""

    tracklets: dict[str, int]
    quantities: tuple[Distance, ...]
    features: tuple[Distance, ...]
    notes: tuple[str, ...] = field(default_factory=tuple)


def compare_quantities(
    target: TargetStatistics, sets: Mapping[str, TargetStatistics]
) -> tuple[Distance, ...]:
    """W1 of every quantity that the target and all sets have."""
    found = []
    for name, there in target.pooled.quantities.items():
        if not all(name in other.pooled.quantities for other in sets.values()):
            continue
        quantity, shares = QUANTITIES[name], there.shares()
        distances = {
            called: binned_wasserstein(
                quantity.edges,
                shares,
                other.pooled.quantities[name].shares(),
                circular=quantity.circular,
            )
            for called, other in sets.items()
        }
        scale = binned_sd(quantity.edges, shares, circular=quantity.circular)
        found.append(Distance(name, quantity.unit, distances, target.floors.get(name), scale))
    return tuple(found)


def compare_features(
    place: Place, sets: Mapping[str, Features], floors: Mapping[str, float]
) -> tuple[Distance, ...]:
    """Frechet distance, MMD^2 and, where the target's own crops are at hand, KID's kernel, how
    well a classifier tells them from a set, and distances of tracklets as videos. All sets are cut
    to as many tracklets."""
    if not sets:
        return ()
    fewest = min(found.count for found in sets.values())
    equal = {name: found.some(fewest) for name, found in sets.items()}
    known = dict(floors)
    if place.crops is not None:
        known = _floors(place) | known
    found = []
    if place.moments is not None:
        two = place.moments
        distances = {name: frechet_distance(of.moments, two) for name, of in equal.items()}
        found.append(Distance("fd", "", distances, known.get("fd")))
    if place.cosines is not None and place.mean is not None:
        cosines, mean = place.cosines, place.mean
        distances = {
            name: kernel_mean_distance(
                cosines.mean(of.values, of.weights),
                mean,
                of.count,
                place.count,
                cosines.alike(of.values, of.tracklets),
                place.alike,
            )
            for name, of in equal.items()
        }
        found.append(Distance("mmd2", "", distances, known.get("mmd2")))
    if place.crops is not None:
        real = place.crops
        distances = {
            name: kid(of.values, real.values, of.tracklets, real.tracklets)
            for name, of in equal.items()
        }
        found.append(Distance("kid", "", distances))
        try:
            distances = {
                name: domain_auc(of.values, real.values, of.tracklets, real.tracklets)
                for name, of in equal.items()
            }
        except ValueError as error:
            raise TargetError(f"Expected sets that a classifier can tell apart: {error}.") from None
        found.append(Distance("auc", "", distances))
        found += _over_time(real, equal)
    return tuple(found)


def _over_time(real: Features, sets: Mapping[str, Features]) -> list[Distance]:
    """Frechet distances of tracklets' means and of their standard deviations over time; of sets
    with crops that do not belong together, none."""
    seen = over_time(real.by_tracklet)
    others = {name: over_time(of.by_tracklet) for name, of in sets.items()}
    found = []
    for part, name in enumerate(("fd_tracklets", "fd_motion")):
        values = seen[part]
        if min(len(of[part]) for of in (seen, *others.values())) < _FEWEST:
            continue
        two = moments(values)
        distances = {n: frechet_distance(moments(of[part]), two) for n, of in others.items()}

        def halves(one: np.ndarray, other: np.ndarray, of: np.ndarray = values) -> float:
            return frechet_distance(moments(of[one]), moments(of[other]))

        floor = half_split_floor(halves, np.arange(len(values))).mean
        found.append(Distance(name, "", distances, floor))
    return found


def _floors(place: Place) -> dict[str, float]:
    """Of Frechet distance and MMD^2, between halves of the target's tracklets."""
    crops, cosines = place.crops, place.cosines
    assert crops is not None
    if crops.count < 4:
        return {}

    def frechet(one: np.ndarray, other: np.ndarray) -> float:
        return frechet_distance(crops.rows(one).moments, crops.rows(other).moments)

    def mmd2(one: np.ndarray, other: np.ndarray) -> float:
        assert cosines is not None
        a, b = crops.rows(one), crops.rows(other)
        means = cosines.mean(a.values, a.weights), cosines.mean(b.values, b.weights)
        alike = cosines.alike(a.values, a.tracklets), cosines.alike(b.values, b.tracklets)
        return abs(kernel_mean_distance(*means, a.count, b.count, *alike))

    found = {"fd": half_split_floor(frechet, crops.tracklets).mean}
    if cosines is not None:
        found["mmd2"] = half_split_floor(mmd2, crops.tracklets).mean
    return found
