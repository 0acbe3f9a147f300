"""Unfolding several quantities that are shifted at once.

The response of one quantity depends on the others: coding leaves other traces in small crops than
in large ones. So a response is taken once more from those renders that are, in all other
quantities, like the distributions found so far.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vidsynth.target.estimators import Estimators
from vidsynth.target.quantities import BINS, QUANTITIES
from vidsynth.target.unfolding import Calibration

ROUNDS = 2
_LEAST = 400.0
"""Renders, by weight, that a response is taken from at least. Looks of one render are not several:
they have its person, view and light in common."""
_MOST = 8.0
"""Times that a render counts more for one quantity, at most."""
_EVEN = 0.1
"""Share of the weights that all renders have alike: of no truth are there suddenly too few."""


def unfold_together(
    estimators: Estimators,
    estimates: Mapping[str, np.ndarray],
    weights: np.ndarray | None = None,
    rounds: int = ROUNDS,
) -> dict[str, np.ndarray]:
    """Shares (T,) of the bins of every quantity that can be unfolded, from raw estimates (n,).

    ``weights`` (n,) are the crops'. Refused quantities are left out; of weak ones the pool is
    the prior.
    """
    names = [name for name in estimators.names if estimators.trust[name].verdict != "refuse"]
    calibrations = estimators.calibrations
    priors = {name: _prior(estimators, name) for name in names}
    shares = {
        name: _unfolded(calibrations[name], estimates[name], weights, None, priors[name])
        for name in names
    }
    for _ in range(rounds):
        like = renders_like(estimators, shares)
        shares = {
            name: _unfolded(calibrations[name], estimates[name], weights, like[name], priors[name])
            for name in names
        }
    return shares


def renders_like(
    estimators: Estimators, shares: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray | None]:
    """For each quantity how much the renders of its calibration count (N,), by how they are in all
    others, whose ``shares`` (T,) are known; None for all alike."""
    like = {name: _likeness(estimators, name, shares[name]) for name in shares if _tells(name)}
    least = _LEAST * estimators.looks
    return {
        name: _of_rows(estimators, name, _tempered([like[k] for k in like if k != name], least))
        for name in shares
    }


def _tells(name: str) -> bool:
    """Whether other responses are taken from renders that are alike in this quantity. Angles and
    chances change them little, and would leave too few renders."""
    return not QUANTITIES[name].circular and QUANTITIES[name].unit != "probability"


def _unfolded(
    calibration: Calibration,
    estimates: np.ndarray,
    weights: np.ndarray | None,
    renders: np.ndarray | None,
    prior: np.ndarray | None,
) -> np.ndarray:
    return calibration.response(weights=renders).unfold(estimates, weights, prior=prior)


def _likeness(estimators: Estimators, name: str, shares: np.ndarray) -> np.ndarray:
    """How much more often than in the pool the target has each render's truth, (N,), as ln; 0 for
    renders of which it is not known."""
    quantity, truth = estimators.calibrations[name].quantity, estimators.truth[name]
    there = np.isfinite(truth)
    bins = quantity.bins(np.where(there, truth, quantity.low))
    pool = np.bincount(bins[there], minlength=BINS) / max(there.sum(), 1)
    # Neighbouring bins are mixed: what was found is no sharper than that.
    mixed = [np.convolve(np.pad(p, 1, "edge"), (0.25, 0.5, 0.25), "valid") for p in (shares, pool)]
    ratio = np.log(np.maximum(mixed[0], 1e-4)) - np.log(np.maximum(mixed[1], 1e-4))
    return np.where(there, np.clip(ratio, -np.log(_MOST), np.log(_MOST))[bins], 0.0)


def _tempered(likenesses: list[np.ndarray], least: float) -> np.ndarray | None:
    """Weights (N,) of renders' looks, as far from alike as leaves ``least`` of them.

    How far is found by halving and not among a few steps: one tracklet more or less in a target
    must not make another step of it.
    """
    if not likenesses:
        return None
    total = np.sum(likenesses, 0)
    total -= total.max()
    if len(total) < least:
        return None
    low, high = 0.0, 1.0
    if _sample(np.exp(total)) >= least:
        low = high
    while high - low > 1e-6:
        middle = (low + high) / 2
        enough = _sample(np.exp(middle * total)) >= least
        low, high = (middle, high) if enough else (low, middle)
    weights = np.exp(low * total)
    return np.asarray(_EVEN + (1 - _EVEN) * weights / weights.mean())


def _sample(weights: np.ndarray) -> float:
    """How many looks weights (N,) amount to."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _of_rows(estimators: Estimators, name: str, weights: np.ndarray | None) -> np.ndarray | None:
    """Of those rows that the quantity's calibration has."""
    if weights is None:
        return None
    there = np.isfinite(estimators.truth[name]) & np.isfinite(estimators.held_out[name])
    return weights[there]


def _prior(estimators: Estimators, name: str) -> np.ndarray | None:
    if estimators.trust[name].verdict != "weak":
        return None
    calibration = estimators.calibrations[name]
    counts = np.bincount(calibration.quantity.bins(calibration.truth), minlength=BINS)
    return counts / counts.sum()
