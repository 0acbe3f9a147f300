"""The sparse graph is the published one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.uda.clustering import published
from uda.clustering import k_reciprocal
from uda.clustering.k_reciprocal import as_tensor, encode, expand, nearest, reciprocal


def test_neighbours_are_the_nearest_with_oneself_first() -> None:
    features, _ = published.clustered(np.random.default_rng(0))
    found = nearest(as_tensor(features), 10)
    ranks = published.ranking(published.distances(features))
    np.testing.assert_array_equal(found.indices, ranks[:, :10])
    assert (found.indices[:, 0] == np.arange(60)).all()
    assert (found.distances[:, 0] == 0).all()
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_of_equally_near_items_the_first_ones_are_taken() -> None:
    points = np.random.default_rng(1).integers(0, 3, (40, 2)).astype(np.float32)
    found = nearest(as_tensor(points), 7)
    np.testing.assert_array_equal(
        found.indices, published.ranking(published.distances(points))[:, :7]
    )


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    features, _ = published.clustered(np.random.default_rng(2))
    whole = nearest(as_tensor(features), 8)
    monkeypatch.setattr(k_reciprocal, "BLOCK", 130)
    parts = nearest(as_tensor(features), 8)
    np.testing.assert_array_equal(whole.indices, parts.indices)
    np.testing.assert_allclose(whole.largest, parts.largest, rtol=1e-5)


@pytest.mark.parametrize("k", [1, 4, 59, 200])
def test_reciprocal_members(k: int) -> None:
    features, _ = published.clustered(np.random.default_rng(3))
    graph = reciprocal(nearest(as_tensor(features), k + 1).indices)
    ranks = published.ranking(published.distances(features))
    for item in range(60):
        assert set(graph[item].indices) == published.reciprocal(ranks, item, k)


def test_expansion_wants_more_than_two_thirds_in_common() -> None:
    # Item 0's member 1 has the core {0, 1, 2}: two of three are not enough, three of four are.
    near = reciprocal(np.array([[0, 1], [1, 0], [2, 2], [3, 3], [4, 4]]))
    assert set(near[0].indices) == {0, 1}
    core = near.tolil()
    core[1, 2] = 1
    assert set(expand(near, core.tocsr())[0].indices) == {0, 1}
    near = near.tolil()
    near[0, 3] = near[0, 4] = 1
    core[1, 3] = core[1, 4] = 1  # now {0, 1, 2, 3, 4}: four of five
    assert set(expand(near.tocsr(), core.tocsr())[0].indices) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(("k1", "k2"), [(20, 6), (5, 1), (7, 8), (59, 3), (80, 2), (1, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_encodings_are_the_published_ones(seed: int, k1: int, k2: int) -> None:
    features, _ = published.clustered(np.random.default_rng(seed))
    tensor = as_tensor(features)
    found = encode(tensor, nearest(tensor, max(k1 + 1, k2)), k1, k2)
    np.testing.assert_allclose(found.toarray(), published.encodings(features, k1, k2), atol=2e-6)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_features_that_are_no_numbers_are_named() -> None:
    features = torch.zeros(4, 2)
    features[2, 1] = torch.nan
    with pytest.raises(ValueError, match="1 rows with others, the first is row 2"):
        as_tensor(features)
    with pytest.raises(ValueError, match=r"expected features \(N, D\) of floats"):
        as_tensor(torch.zeros(4, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"expected features \(N, D\) of floats"):
        as_tensor(torch.zeros(0, 2))
