"""Where a target lies among features: a kernel mean, two moments, and what noise makes of both."""

from __future__ import annotations

from random import SystemRandom

import numpy as np

from vidsynth.target.comparing import Features
from vidsynth.target.distances import RandomFourier, frechet_distance, kernel_mean_distance
from vidsynth.target.privacy import own_numbers, private_embedding
from vidsynth.target.statistics import Embedding, Moments, packed

_MEAN_STEP, _COV_STEP = 0.01, 0.02
"""What moments are rounded to: one of 1,000 tracklets moves them by less."""
_SPLITS = 20


def embedding(
    features: list[np.ndarray], sigma: float, epsilon: float | None, random: SystemRandom
) -> Embedding:
    """The kernel mean over tracklets of features (N, D) of each; private where epsilon is given,
    and then without how alike a tracklet's crops are."""
    cosines = RandomFourier(features[0].shape[1], sigma)
    means = _kernel_means(features, cosines)
    mean, alike = means.mean(0), _alike(means)
    if epsilon is not None:
        mean = private_embedding(mean, len(features), min(epsilon, 1.0), random)
        alike = 1.0
    return Embedding(
        d=cosines.dimensions,
        features=cosines.features,
        seed=cosines.seed,
        sigma=sigma,
        mean=packed(np.round(mean, 5)),
        alike=round(alike, 4),
    )


def two_moments(features: list[np.ndarray]) -> Moments:
    """Mean and covariance of features of crops, tracklets weighing the same."""
    found = Features.of(features).moments
    upper = np.triu_indices(len(found.mean))
    return Moments(
        d=len(found.mean),
        mean=packed(np.round(found.mean / _MEAN_STEP) * _MEAN_STEP),
        cov=packed(np.round(found.cov[upper] / _COV_STEP) * _COV_STEP),
    )


def floors(features: list[np.ndarray], sigma: float) -> dict[str, float]:
    """Frechet distance and MMD^2 between halves of the tracklets, means over 20 splits."""
    cosines = RandomFourier(features[0].shape[1], sigma)
    means = _kernel_means(features, cosines)
    halves = own_numbers(np.array([of.mean(0) for of in features]), _SPLITS) < 0.5
    frechet, mmd2 = [], []
    for half in halves.T:
        one = [features[place] for place in np.flatnonzero(half)]
        other = [features[place] for place in np.flatnonzero(~half)]
        frechet.append(frechet_distance(Features.of(one).moments, Features.of(other).moments))
        mmd2.append(
            kernel_mean_distance(
                means[half].mean(0),
                means[~half].mean(0),
                half.sum(),
                (~half).sum(),
                _alike(means[half]),
                _alike(means[~half]),
            )
        )
    return {"fd": round(float(np.mean(frechet)), 2), "mmd2": round(float(np.mean(np.abs(mmd2))), 4)}


def _kernel_means(features: list[np.ndarray], cosines: RandomFourier) -> np.ndarray:
    """Of each tracklet, (T, F); its features are cut as those of sets that it is compared with."""
    found = Features.of(features)
    return np.array([cosines.mean(of) for of in found.by_tracklet])


def _alike(means: np.ndarray) -> float:
    """How alike a tracklet's crops are on average, from tracklets' kernel means (T, F)."""
    return float(np.einsum("tf,tf->", means, means) / len(means))
