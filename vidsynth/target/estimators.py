"""Estimators of what only a net can tell from a crop, and how far each can be trusted.

They are trained and calibrated on a pool of renders alone; there is no target in them. Net A is a
cross-fitted ridge regression of frozen features and statistics of pixels; net B, for large pools,
a convolutional network, calibrated on people and places that are kept from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.basis import Basis
from vidsynth.target.calibrating import Trust, calibrate, from_outputs, to_outputs, trust_in
from vidsynth.target.crops import Crop
from vidsynth.target.features import NAME, Described, describe, weights_mark
from vidsynth.target.known import Half, Known
from vidsynth.target.net_b import ConvNet, train
from vidsynth.target.pipe import Pipe
from vidsynth.target.pool import Pool
from vidsynth.target.quantities import QUANTITIES, named
from vidsynth.target.ridge import FEW_FOLDS, CrossFit, cross_fit, folds
from vidsynth.target.unfolding import Calibration

Net = Literal["a", "b"]

LOOKS = 4
"""Looks developed of each image of a pool."""
_LEAST_ROWS = 300
_KEPT_FROM_B = 3
"""Tenths of people and places that net B does not see."""
_LEAST_TESTED = 60


@dataclass(frozen=True, eq=False)
class Linear:
    """Outputs (Q,) by a design: ``weights`` (K, Q), ``offset`` (Q,)."""

    weights: np.ndarray
    offset: np.ndarray

    @classmethod
    def of(cls, fit: CrossFit) -> Linear:
        """The fit of all rows."""
        return cls(fit.weights.astype(np.float32), fit.offset.astype(np.float32))

    def __call__(self, design: np.ndarray) -> np.ndarray:
        found: np.ndarray = design @ self.weights.astype(np.float32) + self.offset
        return found


@dataclass(frozen=True, eq=False)
class Reading:
    """What estimators say of N crops: ``estimates`` (N,) by quantity, ``features`` (N, 64), and
    estimates by nets that saw built sites alone, and photographs alone."""

    estimates: dict[str, np.ndarray]
    features: np.ndarray
    halves: dict[Half, dict[str, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Estimators:
    """``names`` are the quantities estimated, in the order of outputs, of which a circular one has
    two. ``pipe`` is what the pool's crops went through, ``pool`` its mark, ``looks`` how many of
    each image, ``weights`` the mark of the network's. ``truth`` and ``held_out`` (N, Q) are the
    pool's, the latter by nets that saw neither person nor place; ``tracklet`` (N,) numbers who is
    seen by which camera, and ``sample`` (S, 64) are the pool's features, a part of them.
    ``counts`` (N,) are how much each row counted, None for all alike."""

    names: tuple[str, ...]
    pipe: Pipe
    pool: str
    looks: int
    weights: str
    basis: Basis
    whole: Linear | ConvNet
    halves: dict[Half, Linear]
    truth: dict[str, np.ndarray]
    held_out: dict[str, np.ndarray]
    tracklet: np.ndarray
    trust: dict[str, Trust]
    sample: np.ndarray
    counts: np.ndarray | None = None

    @classmethod
    def train(
        cls,
        pools: Pool | Sequence[Pool],
        pipe: Pipe,
        counts: np.ndarray | None = None,
        seed: int = 0,
        net: Net = "a",
    ) -> Estimators:
        """Trained and calibrated on the rows of one pool or several.

        ``counts`` (N,) say how much each of all their rows counts. Raises TargetError where they
        hold too little.
        """
        given = [pools] if isinstance(pools, Pool) else list(pools)
        rows = [np.flatnonzero(pool.usable) for pool in given]
        described = [
            describe(map(pipe.apply, pool.pixels(of)), small=net == "b")
            for pool, of in zip(given, rows, strict=True)
            if len(of)
        ]
        if sum(map(len, described)) < _LEAST_ROWS:
            raise TargetError(
                f"Expected a pool of {_LEAST_ROWS} crops or more to learn from, found "
                f"{sum(map(len, described))} in which anything can be seen. Render a larger pool, "
                "or leave --pool out."
            )
        together = Described.joined(described)
        kept = np.concatenate(
            [of + n for of, n in zip(rows, np.cumsum([0, *map(len, given)]), strict=False)]
        )
        counted = None if counts is None else counts[kept]
        return cls.fit(together, Known.of(given, rows), pipe, counted, seed, net)

    @classmethod
    def fit(
        cls,
        described: Described,
        known: Known,
        pipe: Pipe,
        counts: np.ndarray | None = None,
        seed: int = 0,
        net: Net = "a",
    ) -> Estimators:
        """The same of crops that are described already; ``known`` is what is known of them."""
        names = tuple(
            name
            for name in named("regressed")
            if np.isfinite(known.truth[name]).sum() >= _LEAST_ROWS // 2
            and np.nanstd(known.truth[name]) > 1e-6
        )
        basis = Basis.of(described, np.random.default_rng(seed))
        design, outputs = basis.design(described), to_outputs(names, known.truth)
        whole: Linear | ConvNet
        if net == "b":
            whole, predicted = _net_b(names, described, outputs, known, seed)
        else:
            fitted = cross_fit(design, outputs, folds(known.identity), folds(known.site), counts)
            whole, predicted = Linear.of(fitted), fitted.held_out
        held_out = from_outputs(names, predicted)
        truth = {name: known.truth[name] for name in names}
        halves: dict[Half, Linear] = {}
        for half, mask in known.halves().items():
            if mask.sum() >= _LEAST_ROWS:
                part = cross_fit(
                    design[mask], outputs[mask], folds(known.identity[mask], FEW_FOLDS),
                    folds(known.site[mask], FEW_FOLDS), None if counts is None else counts[mask],
                )  # fmt: skip
                halves[half] = Linear.of(part)
        embedded = basis.embedded(described)
        chosen = np.random.default_rng(seed).permutation(len(embedded))[:1000]
        return cls(
            names,
            pipe,
            known.mark,
            known.looks,
            weights_mark(),
            basis,
            whole,
            halves,
            truth,
            held_out,
            known.tracklet,
            {name: trust_in(name, truth[name], held_out[name]) for name in names},
            embedded[chosen].astype(np.float32),
            counts,
        )

    def read(self, crops: Sequence[Crop]) -> Reading:
        """Everything about N crops at once; describing them is what takes time.

        Estimates are raw: they are to be unfolded before they are believed. Features are of unit
        variance over the pool.
        """
        small = isinstance(self.whole, ConvNet)
        return self.of(describe((crop.pixels for crop in crops), small))

    def of(self, described: Described) -> Reading:
        """Everything about crops that are described already."""
        design = self.basis.design(described)
        if isinstance(self.whole, Linear):
            outputs = self.whole(design)
        else:
            assert described.small is not None
            outputs = self.whole(described.small)
        return Reading(
            from_outputs(self.names, outputs),
            self.basis.embedded(described),
            {half: from_outputs(self.names, fit(design)) for half, fit in self.halves.items()},
        )

    def estimate(self, crops: Sequence[Crop]) -> dict[str, np.ndarray]:
        """The estimates alone."""
        return self.read(crops).estimates

    def features(self, crops: Sequence[Crop]) -> np.ndarray:
        """The features alone."""
        return self.read(crops).features

    @cached_property
    def mark(self) -> str:
        """What tells these estimators from others, 16 digits."""
        from vidsynth.target.estimators_file import mark

        return mark(self)

    @property
    def features_mark(self) -> str:
        """What tells their features from others: those of equal marks can be compared."""
        return f"{NAME}/pca{self.sample.shape[1]}@{self.mark}"

    @cached_property
    def sigma(self) -> float:
        """Width of the kernel over features: half of the pool's median distance."""
        from scipy.spatial.distance import pdist

        return float(np.median(pdist(self.sample))) / 2

    @cached_property
    def calibrations(self) -> dict[str, Calibration]:
        """Truth against estimates of every quantity."""
        return {
            name: calibrate(
                QUANTITIES[name],
                self.truth[name],
                self.held_out[name],
                self.tracklet,
                self.counts,
            )
            for name in self.names
        }


def _net_b(
    names: tuple[str, ...], described: Described, outputs: np.ndarray, known: Known, seed: int
) -> tuple[ConvNet, np.ndarray]:
    """Net B without three tenths of the people and of the places, and what it says of those."""
    assert described.small is not None
    people, places = folds(known.identity, 10) < _KEPT_FROM_B, folds(known.site, 10) < _KEPT_FROM_B
    learnt, held = ~people & ~places, people & places
    if min(learnt.sum(), held.sum()) < _LEAST_TESTED:
        raise TargetError(
            f"Expected a pool that leaves net B {_LEAST_TESTED} crops of people and places that it "
            f"has not seen, found {held.sum()}. Render a larger pool, or take net A."
        )
    net = train(names, described.small[learnt], outputs[learnt], seed=seed)
    predicted = np.full(outputs.shape, np.nan)
    predicted[held] = net(described.small[held])
    return net, predicted
