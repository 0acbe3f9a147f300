"""Estimators of what only a net can tell from a crop, and how far each can be trusted.

They are trained and calibrated on a pool of renders alone; there is no target in them. Net A is a
cross-fitted ridge regression of frozen features and statistics of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.crops import Crop
from vidsynth.target.features import Described, describe
from vidsynth.target.pipe import Pipe
from vidsynth.target.pool import Pool
from vidsynth.target.quantities import QUANTITIES, Quantity, named
from vidsynth.target.ridge import CrossFit, cross_fit, folds
from vidsynth.target.unfolding import Calibration

Verdict = Literal["unfold", "weak", "refuse"]
Half = Literal["sites", "photographs"]

LOOKS = 4
"""Looks developed of each image of a pool."""
EMBEDDED = 64
"""Dimensions of the features that distances are taken in."""
_COMPONENTS = 300
_UNFOLDED, _WEAK = 0.5, 0.2
"""R squared from which on a quantity is unfolded, and from which on with the pool as prior."""
_LEAST_ROWS = 300
_NETWORK_SCALE = 2.0
"""How much components of the network count against statistics of pixels."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How well a quantity is estimated of renders of other people in other places.

    ``r2`` is the share of its variance explained (of a circular quantity the mean of its cosine's
    and sine's), ``slope`` that of estimates over truth, ``mae`` the mean absolute error in its unit
    (circular: the median), ``guess`` that of who always says the median. ``auc`` is of
    probabilities, NaN else.
    """

    r2: float
    slope: float
    mae: float
    guess: float
    auc: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Basis:
    """From a description to a regression's inputs: standardised, the network's part reduced to its
    principal components."""

    network_mean: np.ndarray
    network_sd: np.ndarray
    components: np.ndarray
    component_sd: np.ndarray
    pixels_mean: np.ndarray
    pixels_sd: np.ndarray

    @classmethod
    def of(cls, described: Described, rng: np.random.Generator) -> Basis:
        from sklearn.utils.extmath import randomized_svd

        mean, sd = described.network.mean(0), described.network.std(0) + 1e-6
        count = min(_COMPONENTS, len(described) // 2)
        rows = rng.permutation(len(described))[:3000]
        scaled = (described.network[rows] - mean) / sd
        seed = int(rng.integers(2**31))
        _, _, components = randomized_svd(scaled, count, n_iter=3, random_state=seed)
        component_sd = (scaled @ components.T).std(0)
        return cls(
            mean, sd, components.T.astype(np.float32), component_sd.astype(np.float32),
            described.pixels.mean(0), described.pixels.std(0) + 1e-6,
        )  # fmt: skip

    def components_of(self, described: Described) -> np.ndarray:
        """Principal components (N, C), not scaled."""
        scaled = (described.network - self.network_mean) / self.network_sd
        found: np.ndarray = scaled @ self.components
        return found

    def design(self, described: Described) -> np.ndarray:
        """Inputs float32 (N, K)."""
        components = self.components_of(described)
        components = components * (_NETWORK_SCALE / np.sqrt((self.component_sd**2).sum()))
        pixels = np.clip((described.pixels - self.pixels_mean) / self.pixels_sd, -5, 5)
        return np.hstack([components, pixels / np.sqrt(pixels.shape[1])]).astype(np.float32)

    def embedded(self, described: Described) -> np.ndarray:
        """The first components with unit variance over the pool, (N, EMBEDDED)."""
        count = min(EMBEDDED, self.components.shape[1])
        return self.components_of(described)[:, :count] / self.component_sd[:count]


@dataclass(frozen=True, eq=False)
class Linear:
    """Outputs (Q,) by a design: ``weights`` (K, Q), ``offset`` (Q,)."""

    weights: np.ndarray
    offset: np.ndarray

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
    each image. ``truth`` and ``held_out`` (N, Q) are the pool's, the latter by nets that saw
    neither person nor place; ``tracklet`` (N,) numbers who is seen by which camera, and ``sample``
    (S, 64) are the pool's features, a part of them."""

    names: tuple[str, ...]
    pipe: Pipe
    pool: str
    looks: int
    basis: Basis
    whole: Linear
    halves: dict[Half, Linear]
    truth: dict[str, np.ndarray]
    held_out: dict[str, np.ndarray]
    tracklet: np.ndarray
    trust: dict[str, Trust]
    sample: np.ndarray

    @classmethod
    def train(
        cls,
        pools: Pool | Sequence[Pool],
        pipe: Pipe,
        counts: np.ndarray | None = None,
        seed: int = 0,
    ) -> Estimators:
        """Trained and calibrated on the rows of one pool or several.

        ``counts`` (N,) say how much each of all their rows counts. Raises TargetError where they
        hold too little.
        """
        given = [pools] if isinstance(pools, Pool) else list(pools)
        rows = [np.flatnonzero(pool.usable) for pool in given]
        described = [
            describe(map(pipe.apply, pool.pixels(of)))
            for pool, of in zip(given, rows, strict=True)
            if len(of)
        ]
        if sum(map(len, described)) < _LEAST_ROWS:
            raise TargetError(
                f"Expected a pool of {_LEAST_ROWS} crops or more to learn from, found "
                f"{sum(map(len, described))} in which anything can be seen. Render a larger pool, "
                "or leave --pool out."
            )
        together = Described(
            np.concatenate([part.network for part in described]),
            np.concatenate([part.pixels for part in described]),
        )
        kept = np.concatenate(
            [of + n for of, n in zip(rows, np.cumsum([0, *map(len, given)]), strict=False)]
        )
        return cls.fit(
            together, Known.of(given, rows), pipe, None if counts is None else counts[kept], seed
        )

    @classmethod
    def fit(
        cls,
        described: Described,
        known: Known,
        pipe: Pipe,
        counts: np.ndarray | None = None,
        seed: int = 0,
    ) -> Estimators:
        """The same of crops that are described already; ``known`` is what is known of them."""
        names = tuple(
            name
            for name in named("regressed")
            if np.isfinite(known.truth[name]).sum() >= _LEAST_ROWS // 2
            and np.nanstd(known.truth[name]) > 1e-6
        )
        basis = Basis.of(described, np.random.default_rng(seed))
        design, outputs = basis.design(described), _outputs(names, known.truth)
        people, places = folds(known.identity), folds(known.site)
        fitted = cross_fit(design, outputs, people, places, counts)
        held_out = _estimates(names, fitted.held_out)
        truth = {name: known.truth[name] for name in names}
        halves: dict[Half, Linear] = {}
        for half, mask in known.halves().items():
            if mask.sum() >= _LEAST_ROWS:
                part = cross_fit(
                    design[mask], outputs[mask], folds(known.identity[mask]),
                    folds(known.site[mask]), None if counts is None else counts[mask],
                )  # fmt: skip
                halves[half] = _linear(part)
        embedded = basis.embedded(described)
        chosen = np.random.default_rng(seed).permutation(len(embedded))[:1000]
        return cls(
            names, pipe, known.mark, known.looks, basis, _linear(fitted), halves, truth, held_out,
            known.tracklet, {name: _trust(name, truth[name], held_out[name]) for name in names},
            embedded[chosen].astype(np.float32),
        )  # fmt: skip

    def read(self, crops: Sequence[Crop]) -> Reading:
        """Everything about crops at once; describing them is what takes time."""
        return self.of(describe(crop.pixels for crop in crops))

    def of(self, described: Described) -> Reading:
        """The same of crops that are described already."""
        design = self.basis.design(described)
        return Reading(
            _estimates(self.names, self.whole(design)),
            self.basis.embedded(described),
            {half: _estimates(self.names, fit(design)) for half, fit in self.halves.items()},
        )

    def estimate(self, crops: Sequence[Crop]) -> dict[str, np.ndarray]:
        """Estimates (N,) of N crops by quantity: raw, to be unfolded before they are believed."""
        return self.read(crops).estimates

    def features(self, crops: Sequence[Crop]) -> np.ndarray:
        """Features float32 (N, 64) of N crops, of unit variance over the pool."""
        return self.read(crops).features

    @cached_property
    def calibration(self) -> dict[str, Calibration]:
        """Truth against estimates of every quantity."""
        return {
            name: _calibration(
                QUANTITIES[name], self.truth[name], self.held_out[name], self.tracklet
            )
            for name in self.names
        }


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of N described crops: see `Pool`."""

    truth: dict[str, np.ndarray]
    identity: np.ndarray
    site: np.ndarray
    tracklet: np.ndarray
    photographed: np.ndarray
    indoor: np.ndarray
    mark: str = ""
    looks: int = 1

    @classmethod
    def of(cls, pools: Sequence[Pool], rows: Sequence[np.ndarray]) -> Known:
        """Of these rows of the pools; people and places of two pools are never the same."""
        parts = list(zip(pools, rows, strict=True))

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(pool, name)[of] for pool, of in parts])

        origin = np.concatenate([np.full(len(of), n) for n, of in enumerate(rows)])
        truth = {
            name: np.concatenate([pool.truth[name][of] for pool, of in parts])
            for name in pools[0].truth
        }
        identity = _numbered(origin, joined("identity"))
        return cls(
            truth,
            identity,
            _numbered(origin, joined("site")),
            _numbered(identity, joined("camera")),
            joined("photographed"),
            truth["indoor"] == 1,
            "+".join(pool.mark for pool in pools),
            max(1, len(pools[0]) // max(1, len(pools[0].files))),
        )

    def halves(self) -> dict[Half, np.ndarray]:
        """Rows bool (N,) of the two kinds of places that are compared; none without photographs."""
        if not self.photographed.any():
            return {}
        return {"sites": ~self.photographed, "photographs": self.photographed}


def _numbered(*columns: np.ndarray) -> np.ndarray:
    """A number for each row (N,), the same where all columns are."""
    keys = list(zip(*(column.tolist() for column in columns), strict=True))
    numbers: dict[tuple[object, ...], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def _linear(fit: CrossFit) -> Linear:
    return Linear(fit.weights.astype(np.float32), fit.offset.astype(np.float32))


def _outputs(names: Sequence[str], truth: dict[str, np.ndarray]) -> np.ndarray:
    """What is regressed, (N, outputs): cosine and sine of a circular quantity."""
    columns = []
    for name in names:
        quantity, values = QUANTITIES[name], np.asarray(truth[name], float)
        if quantity.circular:
            turns = 2 * np.pi * (values - quantity.low) / (quantity.high - quantity.low)
            columns += [np.cos(turns), np.sin(turns)]
        else:
            columns.append(values)
    return np.stack(columns, 1)


def _estimates(names: Sequence[str], outputs: np.ndarray) -> dict[str, np.ndarray]:
    """Estimates (N,) by quantity from outputs (N, outputs)."""
    found, column = {}, 0
    for name in names:
        quantity = QUANTITIES[name]
        if quantity.circular:
            turns = np.arctan2(outputs[:, column + 1], outputs[:, column]) / (2 * np.pi) % 1.0
            found[name] = quantity.low + turns * (quantity.high - quantity.low)
            column += 2
        else:
            found[name] = outputs[:, column].astype(float)
            column += 1
    return found


def apart(quantity: Quantity, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a - b, the short way round where the quantity is circular."""
    difference = np.asarray(a, float) - b
    if quantity.circular:
        span = quantity.high - quantity.low
        difference = (difference + span / 2) % span - span / 2
    return difference


def _trust(name: str, truth: np.ndarray, estimates: np.ndarray) -> Trust:
    from sklearn.metrics import roc_auc_score

    quantity = QUANTITIES[name]
    there = np.isfinite(truth) & np.isfinite(estimates)
    t, e = truth[there], estimates[there]
    errors = np.abs(apart(quantity, e, t))
    if quantity.circular:
        a, b = _outputs([name], {name: t}), _outputs([name], {name: e})
        # Estimates' own length is lost: a unit vector shrunk by the mean cosine is the best guess.
        shrink = float(np.cos(2 * np.pi * errors / (quantity.high - quantity.low)).mean())
        left = ((a - shrink * b) ** 2).mean(0) / np.maximum(a.var(0), 1e-12)
        r2, slope, mae = float(1 - left.mean()), shrink, float(np.median(errors))
        guess = (quantity.high - quantity.low) / 4
    else:
        r2 = float(1 - ((e - t) ** 2).mean() / max(t.var(), 1e-12))
        slope = float(np.cov(t, e)[0, 1] / max(t.var(ddof=1), 1e-12))
        mae, guess = float(errors.mean()), float(np.abs(t - np.median(t)).mean())
    binary = quantity.unit == "probability" and 0 < t.mean() < 1
    auc = float(roc_auc_score(t > 0.5, e)) if binary else float("nan")
    verdict: Verdict = "unfold" if r2 >= _UNFOLDED else "weak" if r2 >= _WEAK else "refuse"
    return Trust(r2, slope, mae, guess, auc, verdict)


def _calibration(
    quantity: Quantity, truth: np.ndarray, estimates: np.ndarray, tracklet: np.ndarray
) -> Calibration:
    there = np.isfinite(truth) & np.isfinite(estimates)
    t, e, groups = truth[there], estimates[there], tracklet[there]
    alone = Calibration(quantity, t, e)
    if quantity.circular:
        errors = apart(quantity, e, t)
    else:
        grid = np.linspace(t.min(), t.max(), 33)
        errors = e - np.interp(t, grid, alone.expected(grid))
    return Calibration(quantity, t, e, _in_common(errors, groups))


def _in_common(errors: np.ndarray, groups: np.ndarray) -> float:
    """Share of the errors' variance (N,) that is of groups (N,): the intraclass correlation."""
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    many = sizes > 1
    if not many.any() or errors.var() <= 0:
        return 1.0
    sums, squares = np.bincount(inverse, errors), np.bincount(inverse, errors**2)
    products = (sums**2 - squares)[many].sum() / (sizes * (sizes - 1))[many].sum()
    return float(np.clip(products / (errors**2).mean(), 0.0, 1.0))
