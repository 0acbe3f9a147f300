"""Weights over a pool of rendered images that bring it as near to a target as can be.

The target enters through its kernel mean alone, so that weights are the solution of a convex
problem: the least of 1/2 w'Kw - w'k + (strength / 2) n |w|^2 over weights w >= 0 that add up to 1,
where K is the kernel between images of the pool and k the mean kernel of each to the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_SAMPLE = 50.0
STEPS = 3000
WEAKEST, STRONGEST = 1e-3, 1e3
_PRECISE = 1e-7


@dataclass(frozen=True)
class Weighing:
    """Weights (N,) of a pool's images, which add up to 1.

    ``sample`` is the effective number of images, 1 / sum(w^2); ``strength`` is what it took to have
    so many; ``gap`` is how much lower the objective could be at most.
    """

    weights: np.ndarray
    sample: float
    strength: float
    gap: float


def weigh(
    kernel: np.ndarray, towards: np.ndarray, strength: float, *, steps: int = STEPS
) -> Weighing:
    """The best weights for a kernel (N, N) and the mean kernel to the target (N,), by accelerated
    projected gradients with restarts (O'Donoghue and Candes, 2015)."""
    n = len(kernel)
    ridge = strength * n
    curvature = _largest_eigenvalue(kernel) + ridge
    weights = ahead = np.full(n, 1 / n)
    momentum, gap = 1.0, np.inf
    for step in range(steps):
        slope = kernel @ ahead - towards + ridge * ahead
        new = onto_simplex(ahead - slope / curvature)
        if (ahead - new) @ (new - weights) > 0:  # it has gone too far: slow down
            momentum, ahead = 1.0, weights
            continue
        grown = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / grown * (new - weights)
        weights, momentum = new, grown
        if step % 25 == 24:
            gap = _gap(kernel, towards, ridge, weights)
            if gap < _PRECISE:
                break
    gap = _gap(kernel, towards, ridge, weights)
    return Weighing(weights, 1 / float(weights @ weights), strength, gap)


def weigh_broadly(
    kernel: np.ndarray, towards: np.ndarray, *, least: float = LEAST_SAMPLE, steps: int = STEPS
) -> Weighing:
    """The best weights with an effective sample of ``least`` images: the weakest strength, from
    .001 on, that gives it. Raises ValueError for a pool with fewer images."""
    if len(kernel) < least:
        raise ValueError(f"expected a pool of {least:g} images or more, found {len(kernel)}")
    found = weigh(kernel, towards, WEAKEST, steps=steps)
    low, high = WEAKEST, WEAKEST
    while found.sample < least and high < STRONGEST:
        low, high = high, high * 4
        found = weigh(kernel, towards, high, steps=steps)
    best = found
    for _ in range(6 if high > low else 0):
        middle = float(np.sqrt(low * high))
        found = weigh(kernel, towards, middle, steps=steps)
        if found.sample >= least:
            best, high = found, middle
        else:
            low = middle
    return best


def onto_simplex(values: np.ndarray) -> np.ndarray:
    """The nearest weights (N,) of 0 or more that add up to 1."""
    falling = np.sort(values)[::-1]
    excess = (np.cumsum(falling) - 1) / np.arange(1, len(values) + 1)
    return np.maximum(values - excess[np.flatnonzero(falling > excess)[-1]], 0)


def _gap(kernel: np.ndarray, towards: np.ndarray, ridge: float, weights: np.ndarray) -> float:
    """Frank and Wolfe's gap, which bounds how far the objective is from its least value."""
    slope = kernel @ weights - towards + ridge * weights
    return float(weights @ slope - slope.min())


def _largest_eigenvalue(kernel: np.ndarray, steps: int = 30) -> float:
    """An upper estimate, by powers: 1 % above what they give, and no more than the trace."""
    vector = np.full(len(kernel), 1 / np.sqrt(len(kernel)))
    size = 1.0
    for _ in range(steps):
        vector = kernel @ vector
        size = float(np.linalg.norm(vector))
        vector /= size
    return 1.01 * size
