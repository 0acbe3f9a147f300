"""Frechet distance between Gaussians fitted to features: FID's formula, on any features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ENOUGH = 640
"""Independent samples, ten for each of 64 features, from which covariances need no shrinking."""


@dataclass(frozen=True)
class Moments:
    """Mean (D,) and covariance (D, D) of features of ``count`` tracklets or images.

    ``shrinkage`` is how far the covariance was moved to a multiple of the identity, 0 to 1.
    """

    mean: np.ndarray
    cov: np.ndarray
    count: float
    shrinkage: float = 0.0


def moments(
    features: np.ndarray,
    weights: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    *,
    enough: int = ENOUGH,
) -> Moments:
    """Moments of features (N, D), in float64.

    Rows of one of ``groups`` (N,), as crops of a tracklet, are one sample: only groups are
    independent. Below ``enough`` samples, counted as 1/sum(w^2) of groups, the covariance is shrunk
    (Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, 2004).
    Raises ValueError for fewer than two rows.
    """
    x = np.asarray(features, float)
    if len(x) < 2:
        raise ValueError(f"expected two samples or more for a covariance, found {len(x)}")
    w = np.full(len(x), 1 / len(x)) if weights is None else np.asarray(weights, float)
    w = w / w.sum()
    own = np.arange(len(x)) if groups is None else np.unique(groups, return_inverse=True)[1]
    share = np.bincount(own, w)
    count = 1 / float(share @ share)
    mean = w @ x
    centred = x - mean
    cov = (centred * w[:, None]).T @ centred
    if count > enough - 0.5:
        return Moments(mean, cov / (1 - 1 / count), count)
    spread = float(np.trace(cov)) / len(cov)
    noise = 0.0
    rows = np.split(np.argsort(own, kind="stable"), np.cumsum(np.bincount(own))[:-1])
    for some, part in zip(rows, share, strict=True):
        noise += float(np.sum(((centred[some].T * w[some]) @ centred[some] - part * cov) ** 2))
    signal = float(np.sum((cov - spread * np.eye(len(cov))) ** 2))
    shrinkage = min(1.0, noise / signal) if signal > 0 else 1.0
    shrunk = (1 - shrinkage) * cov + shrinkage * spread * np.eye(len(cov))
    return Moments(mean, shrunk, count, shrinkage)


def frechet_distance(a: Moments, b: Moments) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2), by eigenvalues of symmetric
    matrices alone."""
    values, vectors = np.linalg.eigh(a.cov)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    between = np.linalg.eigvalsh(root @ b.cov @ root)
    apart = float(np.sum((a.mean - b.mean) ** 2))
    overlap = float(np.sum(np.sqrt(np.maximum(between, 0))))
    return max(0.0, apart + float(np.trace(a.cov) + np.trace(b.cov)) - 2 * overlap)
