"""k-reciprocal encoding on all pairs at once, step by step as the paper has it: slow and plain."""

from __future__ import annotations

import numpy as np


def distances(features: np.ndarray) -> np.ndarray:
    """Squared Euclidean ``(N, N)``, each row divided by its largest."""
    x = features.astype(np.float64)
    square = np.array([[((a - b) ** 2).sum() for b in x] for a in x])
    return square / square.max(1, keepdims=True)


def ranking(distance: np.ndarray) -> np.ndarray:
    """Every row's items, nearest first; itself before all others, then lower indices first."""
    own = distance.copy()
    np.fill_diagonal(own, -1)
    return np.argsort(own, axis=1, kind="stable")


def reciprocal(ranks: np.ndarray, item: int, k: int) -> set[int]:
    return {int(j) for j in ranks[item, : k + 1] if item in ranks[j, : k + 1]}


def encodings(features: np.ndarray, k1: int, k2: int, spcl: bool = False) -> np.ndarray:
    """``spcl``: after `compute_jaccard_distance` of Self-paced Contrastive Learning's code, which
    looks for k1 neighbours, so that its ``[:k1 + 1]`` takes k1, and weights by softmax(-d)."""
    distance = distances(features)
    ranks = ranking(distance)
    if spcl:
        ranks, distance = ranks[:, :k1], 2 - 2 * features.astype(np.float64) @ features.T
    weights = np.zeros_like(distance)
    for item in range(len(distance)):
        near = reciprocal(ranks, item, k1)
        members = set(near)
        for candidate in near:
            core = reciprocal(ranks, candidate, int(np.around(k1 / 2)))
            if len(core & near) > 2 / 3 * len(core):
                members |= core
        chosen = sorted(members)
        weights[item, chosen] = np.exp(-distance[item, chosen])
    weights /= weights.sum(1, keepdims=True)
    return np.array([weights[ranks[item, :k2]].mean(0) for item in range(len(ranks))])


def jaccard(features: np.ndarray, k1: int, k2: int, spcl: bool = False) -> np.ndarray:
    weights = encodings(features, k1, k2, spcl)
    shared = np.array([[np.minimum(a, b).sum() for b in weights] for a in weights])
    return 1 - shared / (2 - shared)


def reranked(
    query: np.ndarray, gallery: np.ndarray, k1: int, k2: int, lambda_value: float
) -> np.ndarray:
    features = np.concatenate([query, gallery])
    mixed = (1 - lambda_value) * jaccard(features, k1, k2) + lambda_value * distances(features)
    return mixed[: len(query), len(query) :]


def clustered(
    rng: np.random.Generator, people: int = 9, items: int = 60, width: int = 12, spread: float = 0.4
) -> tuple[np.ndarray, np.ndarray]:
    """Features of length 1 ``(items, width)`` around one centre for each of ``people``; labels."""
    labels = rng.integers(0, people, items)
    features = rng.normal(size=(people, width))[labels] + spread * rng.normal(size=(items, width))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return features.astype(np.float32), labels
