"""Rows of several settings at once, from their histograms and how they go together.

A Gaussian copula: each quantity has the distribution that was measured, and pairs have the rank
correlation that was measured, corrected for how noisily the quantities are estimated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

ROWS = 2000
MOST = 0.95
"""Correlation, after correction for noise, that is believed."""


def disattenuated(spearman: np.ndarray, reliability: np.ndarray) -> np.ndarray:
    """Correlations (K, K) of a Gaussian copula, from rank correlations of noisy estimates.

    Noise lowers a correlation by the root of both ``reliability`` (K,), the R^2 of the estimates;
    1 for what was read off files. The result is the nearest correlation matrix.
    """
    rho = np.asarray(spearman, float) / np.sqrt(np.outer(reliability, reliability))
    rho = 2 * np.sin(np.pi * np.clip(rho, -1, 1) / 6)  # Spearman's to Pearson's
    rho = np.clip(rho, -MOST, MOST)
    np.fill_diagonal(rho, 1)
    return nearest_correlation(rho)


def nearest_correlation(matrix: np.ndarray, steps: int = 200, least: float = 1e-6) -> np.ndarray:
    """The nearest matrix (K, K) with ones on its diagonal and no eigenvalue below ``least``
    (Higham, Computing the nearest correlation matrix, 2002)."""
    found = (matrix + matrix.T) / 2
    correction = np.zeros_like(found)
    for _ in range(steps):
        before = found - correction
        values, vectors = np.linalg.eigh(before)
        if values[0] >= least and np.allclose(np.diag(before), 1):
            return before
        positive = (vectors * np.maximum(values, least)) @ vectors.T
        correction = positive - before
        found = positive.copy()
        np.fill_diagonal(found, 1)
    values, vectors = np.linalg.eigh(found)
    positive = (vectors * np.maximum(values, least)) @ vectors.T
    scale = np.sqrt(np.diag(positive))
    return positive / np.outer(scale, scale)


def synthesised(
    marginals: Sequence[tuple[np.ndarray, np.ndarray]],
    correlation: np.ndarray,
    *,
    rows: int = ROWS,
    seed: int = 0,
) -> np.ndarray:
    """Rows (R, K) whose columns have the ``marginals``, each edges (B+1,) and shares (B,), and
    which go together as ``correlation`` (K, K) says.

    Columns take evenly spaced quantiles, in drawn order: histograms are met to within one row.
    """
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((rows, len(marginals))) @ np.linalg.cholesky(correlation).T
    places = (stats.rankdata(normal, axis=0) - 0.5) / rows
    return np.stack(
        [quantiles(edges, shares, places[:, k]) for k, (edges, shares) in enumerate(marginals)],
        axis=1,
    )


def quantiles(edges: np.ndarray, shares: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values at ``places`` (N,), 0 to 1, of a histogram whose bins are evenly filled."""
    edges, shares = np.asarray(edges, float), np.asarray(shares, float)
    reached = np.concatenate([[0.0], np.cumsum(shares / shares.sum())])
    # Bins without anything in them are left out: no value lies there.
    k = np.clip(np.searchsorted(reached, places, side="right") - 1, 0, len(shares) - 1)
    width = reached[k + 1] - reached[k]
    inside = np.divide(places - reached[k], width, out=np.zeros_like(places), where=width > 0)
    return edges[k] + np.clip(inside, 0, 1) * (edges[k + 1] - edges[k])
