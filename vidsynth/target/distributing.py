"""Distributions of quantities as a statistics file holds them, from values of tracklets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.target.columns import Column
from vidsynth.target.distances import binned_wasserstein
from vidsynth.target.privacy import Released, rounded_count
from vidsynth.target.quantities import Quantity
from vidsynth.target.statistics import Distribution

STEP = 0.005
"""Of a quantity's range: what means and scatters are rounded to."""
_NORMAL = np.sqrt(np.pi / 2)
"""Standard deviation per mean absolute deviation, of a normal distribution."""

Noise = Callable[[np.ndarray], np.ndarray]
"""What a histogram of masses in tracklets goes through before anything else sees it."""


@dataclass(frozen=True, eq=False)
class Found:
    """A distribution, and histograms (R, BINS) of the same tracklets drawn anew."""

    written: Distribution
    resampled: np.ndarray

    def floor(self, quantity: Quantity) -> float:
        """What W1 is between two halves of the tracklets, in the quantity's unit.

        Halves differ by twice what a sample differs from all there is.
        """
        middle = self.resampled.mean(0)
        apart = [
            binned_wasserstein(quantity.edges, row, middle, circular=quantity.circular)
            for row in self.resampled
        ]
        return 2 * float(np.mean(apart))


def of_values(column: Column, draws: np.ndarray, noise: Noise | None = None) -> Found:
    """How what was read or computed is distributed; ``draws`` (T, R) resample
    all of the target's tracklets."""
    quantity, masses = column.quantity, column.masses()
    total = masses.sum(0)
    released = Released.of(total if noise is None else noise(total))
    return Found(
        written(quantity, column.tracklets, released), resampled(masses, draws[column.rows])
    )


def together(parts: Sequence[Found]) -> Found:
    """Of cameras together, out of nothing but what is written of each."""
    first = parts[0].written
    weights = np.array([part.written.tracklets or 1 for part in parts], float)
    share = weights / weights.sum()
    released = Released.together(
        [Released(np.array(p.written.counts), p.written.floor, p.written.rest) for p in parts],
        weights.tolist(),
    )
    more: dict[str, object] = {
        "counts": tuple(released.counts.tolist()),
        "floor": released.floor,
        "rest": released.rest,
        "tracklets": int(weights.sum()),
    }
    if first.sd is not None:
        sds = np.array([part.written.sd for part in parts])
        more["sd"] = tuple(np.round(np.sqrt(share**2 @ sds**2), 4).tolist())
    if first.mean is not None:
        more |= _middle(parts, share)
    rounds = min(len(part.resampled) for part in parts)
    anew = np.einsum("p,prb->rb", share, np.array([part.resampled[:rounds] for part in parts]))
    return Found(first.model_copy(update=more), anew)


def about(value: float, shares: np.ndarray, quantity: Quantity) -> dict[str, float]:
    """A camera's value as ``mean``, and as ``within_sd`` the scatter about it of a distribution
    (BINS,), by its mean absolute deviation, which no single tracklet moves far."""
    scatter = float(shares @ np.abs(quantity.centres - value)) * _NORMAL
    step = STEP * (quantity.high - quantity.low)
    return {
        "mean": round(round(value / step) * step, 6),
        "within_sd": round(round(scatter / step) * step, 6),
    }


def _middle(parts: Sequence[Found], share: np.ndarray) -> dict[str, object]:
    """Mean over cameras, and the scatter about it of all."""
    means = np.array([part.written.mean for part in parts], float)
    scatter = np.array([part.written.within_sd or 0 for part in parts])
    mean = float(share @ means)
    sd = float(np.sqrt(share @ (scatter**2 + (means - mean) ** 2)))
    return {"mean": round(mean, 4), "within_sd": round(sd, 4)}


def written(quantity: Quantity, tracklets: int, released: Released) -> Distribution:
    return Distribution(
        unit=quantity.unit,
        per=quantity.per,
        how=quantity.how,
        edges=tuple(np.round(quantity.edges, 6).tolist()),
        counts=tuple(released.counts.tolist()),
        floor=released.floor,
        rest=released.rest,
        tracklets=rounded_count(tracklets),
    )


def resampled(masses: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Shares (R, B) of masses (T, B) weighted by draws (T, R)."""
    found = draws.T @ masses
    return found / np.maximum(found.sum(1, keepdims=True), 1e-9)
