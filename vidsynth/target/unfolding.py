"""From estimates to the distribution that made them: response matrices, and their inversion.

Estimates shrink towards the mean of what their net has seen, so a histogram of them is no
distribution of the quantity. What estimates a known truth gives, R[e, t] = p(estimate in bin e |
truth in bin t), is measured on renders of other people; the distribution is then found by
expectation maximisation (Richardson 1972, Lucy 1974, D'Agostini 1995), stopped early.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.target.quantities import BINS, Quantity

STEPS = 40
"""Of expectation maximisation: fewer leave the start's width, many ring. Of 10, 20, 40 and 80, 40
came nearest to broad and narrow distributions alike, with 16 bins; fewer bins want fewer steps."""
_ESTIMATE_BINS = 24
_KERNEL = 0.8
"""Standard deviation over truth, in bins, of the kernel that smooths a response."""
_FLOOR = 0.02
"""Share of every column that is spread evenly: no estimate is impossible."""
_LEAST = 8.0
"""Renders, by weight, without which a truth is left out of the response."""
_LEAST_INSIDE = 4
"""Renders in its very bin."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Renders that a quantity was estimated of by a net that has seen neither person nor place.

    ``truth`` and ``estimates`` are float (N,). ``together`` is the share of the errors' variance
    that crops of one person under one camera have in common: it stays when crops are averaged.
    ``counts`` (N,) are how much each render counted when the net learned, None for all alike.
    """

    quantity: Quantity
    truth: np.ndarray
    estimates: np.ndarray
    together: float = 0.0
    counts: np.ndarray | None = None

    def _given(self, weights: np.ndarray | None) -> np.ndarray:
        """How much each render counts (N,), by ``counts`` and by weights for a purpose."""
        counts = np.ones(len(self.truth)) if self.counts is None else self.counts
        return counts if weights is None else counts * weights

    def response(self, crops: float = 1.0, weights: np.ndarray | None = None) -> Response:
        """The response of the mean estimate of ``crops`` crops of one tracklet.

        ``weights`` (N,) say how much each render counts, as in renders like the target.
        """
        columns, enough = [], []
        given = self._given(weights)
        averaged = self._averaged(crops, given)
        edges = self._edges(averaged, given)
        for centre in self.quantity.centres:
            columns.append(self._column(centre, averaged, given, edges))
            # Of all renders alike: what is known does not hang on how much each counts.
            enough.append(_effective(self._near(centre, np.ones(len(self.truth)))) >= _LEAST)
        inside = np.bincount(self.quantity.bins(self.truth), given > 0, BINS) >= _LEAST_INSIDE
        return Response(self.quantity, edges, np.stack(columns, 1), np.array(enough) & inside)

    def at(
        self,
        truths: np.ndarray,
        response: Response,
        crops: float = 1.0,
        weights: np.ndarray | None = None,
    ) -> np.ndarray:
        """p(estimate | truth) for truths (K,) between the bins' centres, (E, K)."""
        given = self._given(weights)
        averaged = self._averaged(crops, given)
        columns = [self._column(truth, averaged, given, response.edges) for truth in truths]
        return np.stack(columns, 1)

    def expected(self, truth: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """The mean estimate (K,) for truths (K,), from renders with truths nearby. Of a circular
        quantity the truth itself."""
        if self.quantity.circular:
            return np.asarray(truth, float)
        given = self._given(weights)
        return np.array([self._local_mean(value, given) for value in np.atleast_1d(truth)])

    def _near(self, truth: float, given: np.ndarray) -> np.ndarray:
        width = _KERNEL * (self.quantity.high - self.quantity.low) / BINS
        return given * np.exp(-0.5 * (self._apart(self.truth, truth) / width) ** 2)

    def _apart(self, values: np.ndarray, from_: float | np.ndarray) -> np.ndarray:
        apart: np.ndarray = values - from_
        if self.quantity.circular:
            span = self.quantity.high - self.quantity.low
            apart = (apart + span / 2) % span - span / 2
        return apart

    def _line(self, near: np.ndarray, truth: float, estimates: np.ndarray) -> tuple[float, float]:
        """The local line of estimates over truth about ``truth``: its value there and its slope."""
        apart, total = self._apart(self.truth, truth), max(near.sum(), 1e-12)
        x, y = near @ apart / total, near @ estimates / total
        spread = near @ (apart - x) ** 2 / total
        slope = near @ ((apart - x) * (estimates - y)) / total / max(spread, 1e-12)
        return float(y - slope * x), float(slope)

    def _local_mean(self, truth: float, given: np.ndarray) -> float:
        near = self._near(truth, given)
        if near.sum() < _LEAST:  # beyond what was rendered: as at the nearest that was
            inside = self.truth[given > 0]
            truth = float(np.clip(truth, inside.min(), inside.max()))
            near = self._near(truth, given)
        return self._line(near, truth, self.estimates)[0]

    def _averaged(self, crops: float, given: np.ndarray) -> np.ndarray:
        """Estimates as they scatter when ``crops`` of a tracklet are averaged."""
        shrink = np.sqrt(self.together + (1 - self.together) / max(crops, 1.0))
        if shrink > 0.999:
            return self.estimates
        if self.quantity.circular:
            return self.truth + shrink * self._apart(self.estimates, self.truth)
        grid = np.linspace(self.quantity.low, self.quantity.high, 2 * BINS + 1)
        mean = np.interp(self.truth, grid, self.expected(grid, given))
        return mean + shrink * (self.estimates - mean)

    def _edges(self, estimates: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Edges of bins of estimates, (E + 1,): as many in each; of the circle, equal ones."""
        if self.quantity.circular:
            return np.linspace(self.quantity.low, self.quantity.high, _ESTIMATE_BINS + 1)
        inner = np.quantile(estimates[given > 0], np.linspace(0, 1, _ESTIMATE_BINS + 1)[1:-1])
        return np.concatenate([[-np.inf], np.unique(inner), [np.inf]])

    def _column(
        self, truth: float, estimates: np.ndarray, given: np.ndarray, edges: np.ndarray
    ) -> np.ndarray:
        """p(estimate | truth), (E,)."""
        near, apart = self._near(truth, given), self._apart(self.truth, truth)
        # Estimates are moved along with the truth: a column would be as wide as its kernel else.
        slope = 1.0 if self.quantity.circular else self._line(near, truth, estimates)[1]
        moved = estimates - slope * apart
        counts = np.bincount(_bins(moved, edges, self.quantity), near, len(edges) - 1)
        column = counts / max(counts.sum(), 1e-12)
        found: np.ndarray = (1 - _FLOOR) * column + _FLOOR / len(column)
        return found


@dataclass(frozen=True, eq=False)
class Response:
    """``matrix`` (E, T) of p(estimate bin | truth bin): columns sum to 1. ``edges`` (E + 1,) are of
    the estimates' bins. ``known`` (T,) are the truths that were rendered; of the others nothing is
    known, and nothing is put there."""

    quantity: Quantity
    edges: np.ndarray
    matrix: np.ndarray
    known: np.ndarray

    def histogram(self, estimates: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Shares (E,) of estimates in the response's bins."""
        bins = _bins(np.asarray(estimates, float), self.edges, self.quantity)
        counts = np.bincount(bins, weights, len(self.edges) - 1)
        return counts / max(counts.sum(), 1e-12)

    def unfold(
        self,
        estimates: np.ndarray,
        weights: np.ndarray | None = None,
        steps: int = STEPS,
        prior: np.ndarray | None = None,
    ) -> np.ndarray:
        """Shares (T,) of the quantity's bins that explain estimates (n,).

        ``weights`` (n,) are the estimates'; ``prior`` (T,) is what expectation maximisation starts
        from, by default all known bins alike.
        """
        return self.invert(self.histogram(estimates, weights), steps, prior)

    def invert(
        self, histogram: np.ndarray, steps: int = STEPS, prior: np.ndarray | None = None
    ) -> np.ndarray:
        """The same of shares (E,) of estimates."""
        start = np.ones(len(self.known)) if prior is None else np.maximum(prior, 1e-6)
        p = start * self.known
        p = p / p.sum()
        for _ in range(steps):
            p = p * (self.matrix.T @ (histogram / np.maximum(self.matrix @ p, 1e-12)))
            p = p / p.sum()
        return p

    def bootstrap(
        self,
        estimates: np.ndarray,
        weights: np.ndarray | None,
        rng: np.random.Generator,
        rounds: int = 100,
        prior: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (T,), (T,) of what resampled estimates unfold to.

        An estimate is one tracklet's: crops of a tracklet are not independent.
        """
        given = np.ones(len(estimates)) if weights is None else np.asarray(weights, float)
        found = []
        for _ in range(rounds):
            chosen = rng.integers(len(estimates), size=len(estimates))
            found.append(self.unfold(estimates[chosen], given[chosen], prior=prior))
        return np.mean(found, 0), np.std(found, 0)


def camera_value(
    calibration: Calibration,
    estimates: np.ndarray,
    crops: float = 1.0,
    renders: np.ndarray | None = None,
) -> tuple[float, float]:
    """The one value that a camera has, and its standard error, by maximum likelihood.

    ``estimates`` (n,) are of the camera's tracklets, each the mean over about ``crops`` crops;
    ``renders`` (N,) are how much each of the calibration's counts. The error is of tracklets alone:
    what the camera's place does to all of them is not in it.
    """
    quantity = calibration.quantity
    response = calibration.response(crops, renders)
    histogram = response.histogram(estimates)
    known = np.flatnonzero(response.known)
    centres = quantity.centres
    grid = np.linspace(centres[known[0]], centres[known[-1]], 8 * BINS + 1)
    columns = calibration.at(grid, response, crops, renders)
    likelihood = len(estimates) * (histogram @ np.log(columns))
    best = int(likelihood.argmax())
    chance = np.exp(likelihood - likelihood[best])
    chance /= chance.sum()
    if quantity.circular:
        turns = 2 * np.pi * (grid - quantity.low) / (quantity.high - quantity.low)
        resultant = abs(chance @ np.exp(1j * turns))
        spread = np.sqrt(max(-2 * np.log(max(resultant, 1e-9)), 0)) / (2 * np.pi)
        return float(grid[best]), float(spread * (quantity.high - quantity.low))
    middle = float(chance @ grid)
    return float(grid[best]), float(np.sqrt(chance @ (grid - middle) ** 2))


def mean_of_tracklet(estimates: np.ndarray, quantity: Quantity) -> float:
    """The mean of a tracklet's estimates (n,), on the circle where the quantity is circular; NaN
    of none."""
    there = estimates[np.isfinite(estimates)]
    if not len(there):
        return float("nan")
    if not quantity.circular:
        return float(there.mean())
    turns = np.exp(2j * np.pi * (there - quantity.low) / (quantity.high - quantity.low)).mean()
    place = (np.angle(turns) / (2 * np.pi)) % 1.0
    return float(quantity.low + place * (quantity.high - quantity.low))


def _effective(weights: np.ndarray) -> float:
    """How many samples weights (N,) amount to; none where hardly anything has weight."""
    total = weights.sum()
    return float(total**2 / max((weights**2).sum(), 1e-12)) if total > 1 else 0.0


def _bins(estimates: np.ndarray, edges: np.ndarray, quantity: Quantity) -> np.ndarray:
    if quantity.circular:
        place = (estimates - quantity.low) / (quantity.high - quantity.low) % 1.0
        return np.minimum((place * (len(edges) - 1)).astype(int), len(edges) - 2)
    return np.clip(np.searchsorted(edges, estimates, side="right") - 1, 0, len(edges) - 2)
