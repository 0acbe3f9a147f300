"""Neighbours that have each other are added to a feature; they are mostly the same person."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.uda.clustering import published
from uda.comparing.centralised import Centralised, centralised
from uda.comparing.contract import Side
from uda.comparing.cosine import Cosine
from uda.evaluation import ranking


def slowly(features: np.ndarray, k: int) -> np.ndarray:
    """As the authors' code has it, one feature after another."""
    distance = 2 - 2 * features.astype(np.float64) @ features.T
    np.fill_diagonal(distance, 1000)
    ranks = np.argsort(distance, axis=1, kind="stable")[:, :k]
    moved = features.copy()
    for item in range(len(features)):
        mutual = [other for other in ranks[item] if item in ranks[other]]
        moved[item] += features[mutual].sum(0)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_mutual_neighbours_are_added(k: int) -> None:
    features, _ = published.clustered(np.random.default_rng(0))
    np.testing.assert_allclose(centralised(features, k), slowly(features, k), atol=1e-6)


def test_it_helps_where_people_form_clusters() -> None:
    rng = np.random.default_rng(2)
    features, people = published.clustered(rng, people=15, items=300, width=16, spread=0.8)
    nobody = np.zeros(150, np.int64)
    query, gallery = (
        Side(torch.from_numpy(half), nobody, nobody, nobody)
        for half in (features[:150], features[150:])
    )
    plain, moved = (
        ranking.evaluate(how.blocks(query, gallery), people[:150], people[150:], None, None)
        for how in (Cosine(), Centralised(Cosine()))
    )
    assert moved.mean_ap > plain.mean_ap + 0.03
