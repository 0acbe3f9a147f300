"""k-means over a few hundred target features, at every step (Synthetic-to-Real, Eq. 13)."""

from __future__ import annotations

import warnings

import torch
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits


def cluster_means(features: torch.Tensor, clusters: int, *, seed: int) -> torch.Tensor:
    """Means (M, D) of at most ``clusters`` groups of the ``features`` (N, D); no gradient.

    Fewer features than clusters give one cluster each. The same seed gives the same means.
    """
    points = features.detach().float().cpu().numpy()
    model = KMeans(min(clusters, len(points)), n_init=1, max_iter=25, random_state=seed)
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # equal features: fewer clusters
        model.fit(points)
    return torch.from_numpy(model.cluster_centers_).to(features)
