"""Wasserstein-1 distances: on the line, on a circle, between histograms, and sliced."""

from __future__ import annotations

import numpy as np
from scipy import stats

DIRECTIONS = 128


def wasserstein(
    u: np.ndarray,
    v: np.ndarray,
    u_weights: np.ndarray | None = None,
    v_weights: np.ndarray | None = None,
) -> float:
    """W1 between two samples (N,) and (M,) of a quantity, in its unit."""
    return float(stats.wasserstein_distance(u, v, u_weights, v_weights))


def circular_wasserstein(
    u: np.ndarray,
    v: np.ndarray,
    u_weights: np.ndarray | None = None,
    v_weights: np.ndarray | None = None,
    *,
    period: float = 360.0,
) -> float:
    """W1 between two samples on a circle, in their unit.

    The least over all places to cut the circle at: the integral of the CDFs' difference less its
    median (Rabin, Delon and Gousseau, Transportation distances on the circle, 2011).
    """
    u, v = np.mod(u, period), np.mod(v, period)
    places = np.concatenate([u, v])
    steps = np.concatenate([_shares(u, u_weights), -_shares(v, v_weights)])
    order = np.argsort(places)
    places, apart = places[order], np.cumsum(steps[order])
    gaps = np.diff(places, append=places[0] + period)
    return float(gaps @ np.abs(apart - _median(apart, gaps)))


def binned_wasserstein(
    edges: np.ndarray, p: np.ndarray, q: np.ndarray, *, circular: bool = False
) -> float:
    """W1 between two histograms (B,) over the same ``edges`` (B+1,), each bin evenly filled.

    ``circular``: the last edge is the first one again. There the integral over a bin is taken by
    256 steps, elsewhere exactly.
    """
    edges = np.asarray(edges, float)
    apart = np.concatenate([[0.0], np.cumsum(_normal(p) - _normal(q))])
    if circular:
        fine = np.linspace(edges[0], edges[-1], 256 * (len(edges) - 1) + 1)
        middle = (fine[1:] + fine[:-1]) / 2
        there, gaps = np.interp(middle, edges, apart), np.diff(fine)
        return float(gaps @ np.abs(there - _median(there, gaps)))
    low, high, width = apart[:-1], apart[1:], np.diff(edges)
    # Of a line from low to high: a trapezium, or two triangles where it crosses zero.
    crossing = low * high < 0
    total = np.abs(low) + np.abs(high)
    triangles = (low**2 + high**2) / np.where(total > 0, total, 1.0)
    return float(width @ np.where(crossing, triangles, total) / 2)


def binned_sd(edges: np.ndarray, p: np.ndarray, *, circular: bool = False) -> float:
    """Standard deviation of a histogram whose bins are evenly filled; on a circle
    that of the angles from the circular mean."""
    edges, p = np.asarray(edges, float), _normal(p)
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    if circular:
        period = edges[-1] - edges[0]
        turns = np.exp(2j * np.pi * middle / period)
        centre = np.angle(p @ turns) * period / (2 * np.pi)
        middle = np.mod(middle - centre + period / 2, period) - period / 2
        return float(np.sqrt(p @ (middle**2 + width**2 / 12)))
    return float(np.sqrt(p @ ((middle - p @ middle) ** 2 + width**2 / 12)))


def sliced_wasserstein(
    x: np.ndarray,
    y: np.ndarray,
    x_weights: np.ndarray | None = None,
    y_weights: np.ndarray | None = None,
    *,
    directions: int = DIRECTIONS,
    seed: int = 0,
) -> float:
    """Mean W1 over fixed random ``directions`` of two sets (N, D) and (M, D) of standardised
    quantities."""
    rng = np.random.default_rng(seed)
    axes = rng.standard_normal((directions, x.shape[1]))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return float(np.mean([wasserstein(x @ a, y @ a, x_weights, y_weights) for a in axes]))


def _shares(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    return np.full(len(values), 1 / len(values)) if weights is None else _normal(weights)


def _normal(weights: np.ndarray) -> np.ndarray:
    weights = np.asarray(weights, float)
    return weights / weights.sum()


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
