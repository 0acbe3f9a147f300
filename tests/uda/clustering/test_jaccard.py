"""Sparse Jaccard distances: equal to all pairs, and good to cluster by."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from tests.uda.clustering import published
from uda.clustering.jaccard import jaccard_distance


@pytest.mark.parametrize("spcl", [False, True])
@pytest.mark.parametrize(("k1", "k2"), [(30, 6), (8, 1), (5, 3)])
def test_absent_distances_are_one(k1: int, k2: int, spcl: bool) -> None:
    features, _ = published.clustered(np.random.default_rng(0), items=90)
    found = jaccard_distance(features, k1, k2, spcl=spcl)
    whole = np.ones(found.shape)
    rows = np.repeat(np.arange(90), np.diff(found.indptr))
    whole[rows, found.indices] = found.data
    wanted = published.jaccard(features, k1, k2, spcl)
    np.fill_diagonal(wanted, 0)
    np.testing.assert_allclose(whole, wanted, atol=2e-6)
    assert found.data.max() < 1
    assert (found.diagonal() == 0).all()
    assert set(zip(rows, found.indices, strict=True)) >= {(i, i) for i in range(90)}


def test_spcls_distances_are_others() -> None:
    features, _ = published.clustered(np.random.default_rng(0), items=90)
    ours, theirs = (jaccard_distance(features, 8, 3, spcl=spcl) for spcl in (False, True))
    assert abs(ours - theirs).max() > 0.05


def test_dbscan_finds_the_people() -> None:
    features, people = published.clustered(
        np.random.default_rng(1), people=12, items=240, width=32, spread=0.3
    )
    distance = jaccard_distance(features, 15, 4)
    found = DBSCAN(eps=0.5, min_samples=4, metric="precomputed").fit_predict(distance)
    assert len(set(found) - {-1}) == 12
    assert adjusted_rand_score(people, found) > 0.95


@pytest.mark.parametrize(("k1", "k2"), [(0, 2), (4, 0), (4, 6)])
def test_impossible_neighbourhoods_are_refused(k1: int, k2: int) -> None:
    with pytest.raises(ValueError, match=f"found k1={k1} and k2={k2}"):
        jaccard_distance(np.eye(5, dtype=np.float32), k1, k2)


def test_one_item_has_no_neighbours() -> None:
    with pytest.raises(ValueError, match="at least two items"):
        jaccard_distance(np.ones((1, 3), np.float32), 3, 1)


def test_the_distance_itself_has_its_share() -> None:
    features, _ = published.clustered(np.random.default_rng(4))
    plain = jaccard_distance(features, 8, 3).toarray()
    mixed = jaccard_distance(features, 8, 3, original=0.3)
    gap = np.square(features[:, None] - features[None, :]).sum(2)
    gap /= gap.max(1, keepdims=True)
    wanted = 0.7 * plain + 0.3 * gap
    rows, columns = mixed.nonzero()
    np.testing.assert_allclose(
        np.asarray(mixed[rows, columns]).ravel(), wanted[rows, columns], atol=1e-5
    )
    assert len(rows) > len(features)
