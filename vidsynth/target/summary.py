"""From what was measured of tracklets to the statistics that may leave their owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from importlib.metadata import version
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.attributes.counting import HISTOGRAMS, shares_of
from vidsynth.target.clothes import terms_worn
from vidsynth.target.columns import Column
from vidsynth.target.correlation import spearman
from vidsynth.target.distributing import Found, Noise, about, of_values, together
from vidsynth.target.embedding import embedding, floors, two_moments
from vidsynth.target.measuring import Measured
from vidsynth.target.pixels import cast
from vidsynth.target.privacy import (
    DELTA,
    DIGITS,
    LEAST_FOR_EMBEDDING,
    LEAST_PER_BIN,
    LEAST_PER_CAMERA,
    OTHERS,
    groups_of_cameras,
    own_draws,
    private_masses,
    rounded_count,
)
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import (
    LARGEST,
    AttributeShares,
    Camera,
    Clothes,
    Correlation,
    Pooled,
    Privacy,
    Source,
    TargetStatistics,
    encoded,
)
from vidsynth.target.statistics import Noise as PrivacyNoise

if TYPE_CHECKING:
    from vidsynth.target.estimators import Estimators

_MOST = 0.9
"""Share of files, or of tracklets, that have to agree to have something in common."""
_ROUNDS = 50
"""Bootstrap samples."""
_CAMERAS = (None, 24, 12, 6, 3, 1)
"""How many cameras have numbers of their own, tried until the file is small enough."""
_OF_ONE_SIZE = ("log_file_height", "aspect", "haar_noise")
"""What says nothing about a target whose files somebody resized."""
_OF_COLOUR = ("red_gain", "blue_gain")
_TOGETHER = ("luma_q50", "cast_red", "cast_blue", "log_file_height")
"""Quantities whose correlation is told, beside those that are regressed."""
Some = TypeVar("Some", bound=Hashable)


@dataclass(frozen=True)
class Rules:
    """What an owner decides: whether an embedding leaves, whether cameras keep their names, and
    epsilon of each histogram's differential privacy."""

    embedding: bool = True
    names: bool = False
    epsilon: float | None = None


def summarise(
    measured: Measured,
    layout: str,
    estimators: Estimators | None = None,
    rules: Rules | None = None,
) -> TargetStatistics:
    """The statistics of a target.

    Raises TargetError for fewer tracklets than they could hide one among.
    """
    if len(measured) < LEAST_PER_CAMERA:
        raise TargetError(
            f"Expected at least {LEAST_PER_CAMERA} tracklets (or images of people, with `--layout "
            f"images`) to make statistics of, found {len(measured)}: of fewer, one could be told. "
            "Measure more of the target."
        )
    for most in _CAMERAS:
        found = _Summary(measured, layout, estimators, rules or Rules(), most).statistics()
        if len(encoded(found)) <= LARGEST:
            break
    return found


class _Summary:
    def __init__(
        self,
        measured: Measured,
        layout: str,
        estimators: Estimators | None,
        rules: Rules,
        most: int | None,
    ) -> None:
        self.measured, self.layout = measured, layout
        self.estimators, self.rules = estimators, rules
        self.resized_to = _common(measured.sizes)
        self.grey = float(np.mean(measured.grey)) >= _MOST
        self.groups = _members(measured.cameras, most)
        left_out = {*(_OF_ONE_SIZE if self.resized_to else ()), *(_OF_COLOUR if self.grey else ())}
        names = {name for values in measured.values for name in values} - left_out
        columns = {name: Column.of(measured, name) for name in QUANTITIES if name in names}
        self.columns = {name: c for name, c in columns.items() if len(c.values)}
        colours = np.array([of.mean(0).ravel() for of in measured.clothes])
        self.draws = own_draws(np.hstack([measured.powers, colours]), _ROUNDS)
        self.random = SystemRandom()
        self.disputed = _disputed(measured, estimators)

    def statistics(self) -> TargetStatistics:
        own = {name: self._distributions(rows) for name, rows in self.groups.items()}
        pooled = self._pooled(own)
        private = self.rules.epsilon is not None
        clothes = self._clothes(own)
        embedded = (
            self.estimators is not None
            and self.rules.embedding
            and len(self.measured) >= LEAST_FOR_EMBEDDING
        )
        features, sigma, space = self.measured.features, 1.0, None
        if self.estimators is not None:
            sigma, space = round(self.estimators.sigma, 4), self.estimators.features_mark
        noise_floors = {} if private else _floors(pooled)
        if embedded and not private:
            noise_floors |= floors(features, sigma)
        everybody = np.arange(len(self.measured))
        return TargetStatistics(
            created_with=f"vidsynth {version('vidsynth-uda')}",
            estimators=None if self.estimators is None else self.estimators.mark,
            features=space,
            source=self._source(),
            cameras=tuple(
                Camera(
                    name=self._name(name, number),
                    tracklets=rounded_count(len(rows)),
                    images=self._images(rows),
                    quantities={key: found.written for key, found in own[name].items()},
                    correlation=None if private else self._correlation(rows),
                )
                for number, (name, rows) in enumerate(self.groups.items(), 1)
            ),
            pooled=Pooled(
                quantities={key: found.written for key, found in pooled.items()},
                correlation=None if private else self._correlation(everybody),
                embedding=embedding(features, sigma, self.rules.epsilon, self.random)
                if embedded
                else None,
                moments=two_moments(features) if embedded and not private else None,
            ),
            clothes=clothes,
            attributes=self._attributes(),
            privacy=self._privacy(own, pooled, embedded),
            floors=noise_floors,
        )

    def _distributions(self, rows: np.ndarray) -> dict[str, Found]:
        """Of one camera: what at least `LEAST_PER_CAMERA` of its tracklets have a value of."""
        columns = {name: column.among(rows) for name, column in self.columns.items()}
        renders = self._renders(rows)
        return {
            name: self._found(column, renders.get(name))
            for name, column in columns.items()
            if column.tracklets >= LEAST_PER_CAMERA
        }

    def _pooled(self, own: dict[str, dict[str, Found]]) -> dict[str, Found]:
        """Of all cameras: made of their own, or else, where none has any, of all tracklets."""
        found = {}
        for name, column in self.columns.items():
            parts = [quantities[name] for quantities in own.values() if name in quantities]
            there = column.among(np.arange(len(self.measured)))
            if parts:
                found[name] = together(parts)
            elif there.tracklets >= LEAST_PER_CAMERA:
                found[name] = self._found(there)
        return found

    def _renders(self, rows: np.ndarray) -> dict[str, np.ndarray | None]:
        """Renders that estimates of these tracklets are unfolded by; where histograms have noise,
        all alike, as which are alike is no histogram's to tell."""
        if self.estimators is None or self.rules.epsilon is not None:
            return {}
        from vidsynth.target.estimated import renders_of

        return renders_of(self.estimators, self.measured, rows)

    def _found(self, column: Column, renders: np.ndarray | None = None) -> Found:
        if column.quantity.how == "regressed" and self.estimators is not None:
            from vidsynth.target.estimated import of_estimates

            agrees = column.quantity.name not in self.disputed
            return of_estimates(column, self.estimators, agrees, self.draws, self._noise(), renders)
        found = of_values(column, self.draws, self._noise())
        if column.quantity.name in ("cast_red", "cast_blue") and self.rules.epsilon is None:
            powers = np.mean([self.measured.powers[row] for row in column.rows], 0)
            value = cast(powers)[column.quantity.name == "cast_blue"]
            if np.isfinite(value):
                more = about(value, found.written.shares(), column.quantity)
                written = found.written.model_copy(update=more)
                return Found(written, found.resampled)
        return found

    def _name(self, name: str, number: int) -> str:
        return name if name == OTHERS or (self.rules.names and name) else str(number)

    def _noise(self) -> Noise | None:
        epsilon = self.rules.epsilon
        if epsilon is None:
            return None
        return lambda masses: private_masses(masses, epsilon, self.random)

    def _correlation(self, rows: np.ndarray) -> Correlation | None:
        names = [
            name
            for name, column in self.columns.items()
            if (name in _TOGETHER or column.quantity.how == "regressed")
            and not column.quantity.circular
        ]
        means = {}
        for name in names:
            column = self.columns[name].among(rows)
            if column.tracklets >= LEAST_PER_CAMERA:
                every = np.full(len(self.measured), np.nan)
                every[column.rows] = column.means()
                means[name] = every[rows]
        if len(means) < 2:
            return None
        matrix = spearman(means)
        return Correlation(names=tuple(means), spearman=tuple(map(tuple, matrix.tolist())))

    def _clothes(self, own: dict[str, dict[str, Found]]) -> Clothes | None:
        """Colours worn; none where histograms have noise, as one person's clothes have a part in
        how a camera's are named."""
        if self.grey or self.rules.epsilon is not None:
            return None
        above: Counter[str] = Counter()
        below: Counter[str] = Counter()
        for camera, rows in self.groups.items():
            red, blue, middle = (
                _mean(own[camera].get(name), usual)
                for name, usual in (("cast_red", 0.0), ("cast_blue", 0.0), ("luma_q50", 0.4))
            )
            colours = [self.measured.clothes[row] for row in rows]
            upper, lower = terms_worn(colours, (red, blue), middle)
            above.update(upper)
            below.update(lower)
        return Clothes(upper=self._shares(above), lower=self._shares(below))

    def _shares(self, counts: Counter[str]) -> dict[str, float]:
        return {
            term: round(count / counts.total(), DIGITS)
            for term, count in counts.items()
            if count >= LEAST_PER_BIN
        }

    def _attributes(self) -> dict[str, dict[str, AttributeShares]]:
        """What people look like, by camera and attribute, where a model has told it."""
        told = self.measured.attributes
        return {
            self._name(camera, number): {
                name: shares_of(probabilities[rows], self._noise())
                for name, probabilities in told.items()
            }
            for number, (camera, rows) in enumerate(self.groups.items(), 1)
            if told
        }

    def _source(self) -> Source:
        measured = self.measured
        rate = _common(measured.rates) if measured.rates else None
        table = _common(measured.tables)
        return Source(
            tracklets=sum(rounded_count(len(rows)) for rows in self.groups.values()),
            images=sum(self._images(rows) for rows in self.groups.values()),
            cameras=len(set(measured.cameras)),
            layout=self.layout.partition(":")[0],
            resized_to=self.resized_to,
            jpeg_table=table,
            fps=rate,
            video=any(length > 1 for length in measured.lengths),
            grey=self.grey,
        )

    def _images(self, rows: np.ndarray) -> int:
        """To two digits."""
        count = sum(self.measured.lengths[row] for row in rows)
        step = 10 ** max(0, len(str(count)) - 2)
        return step * max(1, round(count / step))

    def _privacy(
        self,
        own: dict[str, dict[str, Found]],
        pooled: dict[str, Found],
        embedded: bool,
    ) -> Privacy:
        """The rules, and what noise there is: a tracklet is in the histograms of one camera, in
        those that only all cameras together have."""
        noise, epsilon = None, self.rules.epsilon
        if epsilon is not None:
            most = max(
                len(quantities) + len(pooled.keys() - {k for q in own.values() for k in q})
                for quantities in own.values()
            )
            total = epsilon * (most + HISTOGRAMS * len(self.measured.attributes))
            total += min(epsilon, 1.0) if embedded else 0.0
            noise = PrivacyNoise(
                epsilon=epsilon,
                total_epsilon=round(total, 4),
                total_delta=DELTA if embedded else 0.0,
            )
        return Privacy(
            min_tracklets_per_bin=LEAST_PER_BIN,
            min_tracklets_per_camera=LEAST_PER_CAMERA,
            min_tracklets_for_embedding=LEAST_FOR_EMBEDDING,
            quantised=DIGITS,
            noise=noise,
        )


def _members(cameras: list[str], most: int | None) -> dict[str, np.ndarray]:
    """Places of tracklets by the camera, or `OTHERS`, whose numbers they go into."""
    into = groups_of_cameras(Counter(cameras), most)
    names = sorted({*into.values()}, key=lambda name: (name == OTHERS, name))
    of = np.array([into[camera] for camera in cameras], object)
    return {name: np.flatnonzero(of == name) for name in names}


def _common(counts: Counter[Some]) -> Some | None:
    """What nearly all have in common."""
    value, often = counts.most_common(1)[0]
    return value if often >= _MOST * counts.total() else None


def _mean(found: Found | None, usual: float) -> float:
    """Of a distribution as it is released; what is usual where there is none."""
    if found is None:
        return usual
    edges = np.array(found.written.edges)
    return float(found.written.shares() @ (edges[1:] + edges[:-1]) / 2)


def _floors(pooled: dict[str, Found]) -> dict[str, float]:
    return {name: round(found.floor(QUANTITIES[name]), 4) for name, found in pooled.items()}


def _disputed(measured: Measured, estimators: Estimators | None) -> set[str]:
    """Quantities of which estimates are of the domain and not of the target: by the means of
    tracklets, as many frames of one are no more of the target than a few."""
    if estimators is None or not measured.halves:
        return set()
    from vidsynth.target.domain import agreements
    from vidsynth.target.estimators import Reading
    from vidsynth.target.unfolding import mean_of_tracklet

    halves = {
        half: {
            name: np.array([mean_of_tracklet(part[name], QUANTITIES[name]) for part in parts])
            for name in parts[0]
        }
        for half, parts in measured.halves.items()
    }
    found = agreements(estimators, Reading({}, np.empty((0, 0)), halves))
    return {name for name, agreement in found.items() if not agreement.agrees}
