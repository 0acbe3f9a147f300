"""k-means over a few hundred target features, at every step (Synthetic-to-Real, Eq. 13).

Computed where the features are: scikit-learn's takes them to the CPU and longer. It
starts as scikit-learn does, with greedy k-means++ (Arthur and Vassilvitskii, SODA 2007), and goes
on with Lloyd's steps; from the same start both find the same means.
"""

from __future__ import annotations

import math

import torch

from uda.exact import exact_products

ITERATIONS = 25
"""Lloyd's steps, at most."""


def cluster_means(features: torch.Tensor, clusters: int, *, seed: int) -> torch.Tensor:
    """Means (M, D) of at most ``clusters`` groups of the ``features`` (N, D); no gradient.

    Fewer features than clusters give one cluster each. The same seed gives the same means.
    """
    points = features.detach().float()
    with exact_products(points.device):
        start = plus_plus(points, min(clusters, len(points)), seed)
        return lloyd(points, start).to(features.dtype)


def nearest_mean(points: torch.Tensor, means: torch.Tensor) -> torch.Tensor:
    """The mean (M, D) that is nearest to each of the points (N, D), (N,)."""
    # |p|^2 is the same for all means.
    with exact_products(points.device):
        return (means.square().sum(1) - 2 * points @ means.T).argmin(1)


def plus_plus(points: torch.Tensor, clusters: int, seed: int) -> torch.Tensor:
    """``clusters`` of the points (N, D), far from each other, to start from: (M, D).

    Each next one is drawn by its squared distance to the nearest before; of 2 + ln M drawn, that
    which lowers the sum of distances most is taken.
    """
    trials = 2 + int(math.log(clusters))
    draws = torch.rand(clusters, trials, generator=torch.Generator().manual_seed(seed))
    # Drawn on the CPU: the same on every device.
    draws = draws.to(points.device, non_blocking=True)
    square = points.square().sum(1)

    def apart(found: torch.Tensor) -> torch.Tensor:
        """Squared distances (R, N) of points ``found`` (R,) to all."""
        products = points[found] @ points.T
        return (square[found, None] - 2 * products + square).clamp(min=0)

    chosen = (draws[0, :1] * len(points)).long()
    nearest = apart(chosen)[0]
    for number in range(1, clusters):
        heap = nearest.cumsum(0)
        found = torch.searchsorted(heap, draws[number] * heap[-1]).clamp(max=len(points) - 1)
        left = torch.minimum(apart(found), nearest)
        best = left.sum(1).argmin(0, keepdim=True)  # as an index of one: nothing is read
        nearest, chosen = left[best][0], torch.cat([chosen, found[best]])
    return points[chosen]


def lloyd(points: torch.Tensor, means: torch.Tensor) -> torch.Tensor:
    """The means (M, D) of the points (N, D) nearest to each, over and over until none moves.

    A mean without points stays where it is. On a GPU all steps are taken: to ask whether another
    is needed would wait for those before.
    """
    ones = points.new_ones(len(points))
    for _ in range(ITERATIONS):
        group = nearest_mean(points, means)
        count = torch.zeros_like(means[:, 0]).index_add_(0, group, ones)[:, None]
        total = torch.zeros_like(means).index_add_(0, group, points)
        moved = torch.where(count > 0, total / count.clamp(min=1), means)
        if not points.is_cuda and torch.equal(moved, means):
            break
        means = moved
    return means
