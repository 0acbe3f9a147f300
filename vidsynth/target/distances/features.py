"""Kernel distances between sets of features, and how well a classifier tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial.distance import cdist

from vidsynth.target.distances.floors import tracklet_weights

FEATURES = 1024
"""Random Fourier features of a kernel mean."""


@dataclass(frozen=True)
class RandomFourier:
    """An RBF kernel exp(-|x-y|^2 / 2 sigma^2) as a product of ``features`` cosines
    (Rahimi and Recht, Random features for large-scale kernel machines, 2007).

    The same ``dimensions``, ``sigma``, ``features`` and ``seed`` give the same cosines anywhere, so
    that a kernel mean can be kept in a file.
    """

    dimensions: int
    sigma: float
    features: int = FEATURES
    seed: int = 0

    @cached_property
    def _draws(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.seed)
        waves = rng.standard_normal((self.dimensions, self.features)) / self.sigma
        return waves, rng.uniform(0, 2 * np.pi, self.features)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Features (N, D) as cosines (N, F)."""
        waves, phases = self._draws
        return np.sqrt(2 / self.features) * np.cos(np.asarray(x, float) @ waves + phases)

    def mean(self, x: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """The kernel mean (F,) of features (N, D)."""
        return np.average(self(x), axis=0, weights=weights)

    def alike(self, x: np.ndarray, groups: np.ndarray) -> float:
        """How alike features (N, D) of a group (``groups`` (N,)) are: the squared norm of their
        kernel mean, on average over groups. About 1 for groups of one."""
        _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
        sums = np.zeros((len(counts), self.features))
        np.add.at(sums, places, self(x))
        means = sums / counts[:, None]
        return float(np.einsum("gf,gf->", means, means) / len(counts))


def kernel_mean_distance(
    a: np.ndarray,
    b: np.ndarray,
    a_count: float,
    b_count: float,
    a_alike: float = 1.0,
    b_alike: float = 1.0,
) -> float:
    """MMD^2 between two kernel means (F,) of so many independent samples, without bias.

    The squared norm of the mean m of n samples has (s - |m|^2) / (n - 1) too much, where s is that
    of a sample on average: 1 for a crop, and less for the mean of a tracklet's crops
    (`RandomFourier.alike`), by as much as they differ.
    """
    apart = float(np.sum((a - b) ** 2))
    for mean, count, alike in ((a, a_count, a_alike), (b, b_count, b_alike)):
        apart -= (alike - float(mean @ mean)) / (count - 1)
    return apart


def gram(x: np.ndarray, y: np.ndarray, sigma: float) -> np.ndarray:
    """The RBF kernel (N, M) between features (N, D) and (M, D)."""
    return np.exp(-cdist(x, y, "sqeuclidean") / (2 * sigma**2))


def mmd2(
    x: np.ndarray,
    y: np.ndarray,
    sigma: float,
    x_weights: np.ndarray | None = None,
    y_weights: np.ndarray | None = None,
) -> float:
    """Unbiased MMD^2 with an RBF kernel between features (N, D) and (M, D) (Gretton et al., A
    kernel two-sample test, 2012)."""
    v, w = _shares(x, x_weights), _shares(y, y_weights)
    within = _off_diagonal(gram(x, x, sigma), v) + _off_diagonal(gram(y, y, sigma), w)
    return within - 2 * float(v @ gram(x, y, sigma) @ w)


def kid(
    x: np.ndarray,
    y: np.ndarray,
    x_groups: np.ndarray | None = None,
    y_groups: np.ndarray | None = None,
) -> float:
    """Kernel Inception distance's formula: unbiased MMD^2 with (x.y / D + 1)^3 (Binkowski et al.,
    Demystifying MMD GANs, 2018).

    Each of the groups (N,) and (M,), tracklets, weighs the same and is one sample: what its own
    crops have in common says nothing of the set.
    """
    (v, of_x), (w, of_y) = _samples(x, x_groups), _samples(y, y_groups)
    within = _apart(_cubic(x, x), v, of_x) + _apart(_cubic(y, y), w, of_y)
    return within - 2 * float(v @ _cubic(x, y) @ w)


def domain_auc(
    x: np.ndarray,
    y: np.ndarray,
    x_groups: np.ndarray,
    y_groups: np.ndarray,
    *,
    folds: int = 5,
) -> float:
    """AUC of a logistic regression that tells features (N, D) from (M, D), .5 to about 1.

    It is asked about groups (tracklets or identities) that it did not see. Raises ValueError where
    one side has fewer than two groups.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fewest = min(len(set(x_groups.tolist())), len(set(y_groups.tolist())))
    if fewest < 2:
        raise ValueError(f"expected two groups or more on each side, found {fewest}")
    _, one = np.unique(x_groups, return_inverse=True)
    _, other = np.unique(y_groups, return_inverse=True)
    groups = np.concatenate([one, other + one.max() + 1])
    side = np.repeat([0, 1], [len(x), len(y)])
    found = cross_val_predict(
        make_pipeline(
            StandardScaler(), LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced")
        ),
        np.concatenate([x, y]),
        side,
        groups=groups,
        cv=StratifiedGroupKFold(min(folds, fewest), shuffle=True, random_state=0),
        method="decision_function",
    )
    return float(roc_auc_score(side, found))


def _shares(x: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    if weights is None:
        return np.full(len(x), 1 / len(x))
    return np.asarray(weights, float) / np.sum(weights)


def _samples(x: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Weights of rows and the group of each."""
    if groups is None:
        return _shares(x, None), np.arange(len(x))
    return tracklet_weights(groups), groups


def _apart(kernel: np.ndarray, weights: np.ndarray, groups: np.ndarray) -> float:
    """Weighted mean of the kernel over pairs of different groups."""
    pairs = np.outer(weights, weights) * (groups[:, None] != groups)
    return float(np.sum(pairs * kernel) / pairs.sum())


def _off_diagonal(kernel: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean of the kernel over pairs of different samples."""
    same = weights**2
    return float(weights @ kernel @ weights - same @ np.diag(kernel)) / (1 - float(same.sum()))


def _cubic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (np.asarray(x, float) @ np.asarray(y, float).T / x.shape[1] + 1) ** 3
