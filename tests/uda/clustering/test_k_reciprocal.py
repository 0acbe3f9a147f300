"""The sparse graph is the published one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.uda.clustering import published
from uda.clustering import k_reciprocal
from uda.clustering.k_reciprocal import Lists, encode, expand, nearest, reciprocal
from uda.clustering.spaces import SquaredEuclidean, as_tensor


def test_neighbours_are_the_nearest_with_oneself_first() -> None:
    features, _ = published.clustered(np.random.default_rng(0))
    found = nearest(SquaredEuclidean(features), 10)
    ranks = published.ranking(published.distances(features))
    np.testing.assert_array_equal(found.indices, ranks[:, :10])
    assert (found.indices[:, 0] == torch.arange(60)).all()
    assert (found.distances[:, 0] == 0).all()
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_of_equally_near_items_the_first_ones_are_taken() -> None:
    points = np.random.default_rng(1).integers(0, 3, (40, 2)).astype(np.float32)
    found = nearest(SquaredEuclidean(points), 7)
    np.testing.assert_array_equal(
        found.indices, published.ranking(published.distances(points))[:, :7]
    )


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    features, _ = published.clustered(np.random.default_rng(2))
    whole = nearest(SquaredEuclidean(features), 8)
    for name in ("BLOCK", "PAIRS", "COMPARED"):
        monkeypatch.setitem(getattr(k_reciprocal, name), "cpu", 130)
    parts = nearest(SquaredEuclidean(features), 8)
    np.testing.assert_array_equal(whole.indices, parts.indices)
    np.testing.assert_allclose(whole.largest, parts.largest, rtol=1e-5)
    tensor = SquaredEuclidean(features)
    np.testing.assert_allclose(
        encode(tensor, parts, 7, 3).dense(), published.encodings(features, 7, 3), atol=2e-6
    )


@pytest.mark.parametrize("k", [1, 4, 59, 200])
def test_reciprocal_members(k: int) -> None:
    features, _ = published.clustered(np.random.default_rng(3))
    graph = reciprocal(nearest(SquaredEuclidean(features), k + 1).indices)
    ranks = published.ranking(published.distances(features))
    for item in range(60):
        members = graph.indices[item][graph.kept[item]].tolist()
        assert set(members) == published.reciprocal(ranks, item, k)


def test_expansion_wants_more_than_two_thirds_in_common() -> None:
    # Item 0's member 1 has the core {0, 1, 2}: two of three are not enough, four of five are.
    def lists(*rows: list[int]) -> Lists:
        padded = torch.tensor([row + [0] * (5 - len(row)) for row in rows])
        kept = torch.tensor([[place < len(row) for place in range(5)] for row in rows])
        return Lists(padded, kept)

    def of_the_first(near: Lists, core: Lists) -> list[int]:
        return [pair for pair in expand(near, core).tolist() if pair < 5]

    cores = [[0, 1], [0, 1, 2], [2], [3], [4]]
    assert of_the_first(lists([0, 1], [0, 1], [2], [3], [4]), lists(*cores)) == [0, 1]
    cores[1] = [0, 1, 2, 3, 4]
    near = lists([0, 1, 3, 4], [0, 1], [2], [3], [4])
    assert of_the_first(near, lists(*cores)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("k1", "k2"), [(20, 6), (5, 1), (7, 8), (59, 3), (80, 2), (1, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_encodings_are_the_published_ones(seed: int, k1: int, k2: int) -> None:
    features, _ = published.clustered(np.random.default_rng(seed))
    tensor = SquaredEuclidean(features)
    found = encode(tensor, nearest(tensor, max(k1 + 1, k2)), k1, k2)
    np.testing.assert_allclose(found.dense(), published.encodings(features, k1, k2), atol=2e-6)
    np.testing.assert_allclose(found.dense().sum(1), 1, atol=1e-5)


def test_features_that_are_no_numbers_are_named() -> None:
    features = torch.zeros(4, 2)
    features[2, 1] = torch.nan
    with pytest.raises(ValueError, match="1 rows with others, the first is row 2"):
        as_tensor(features)
    with pytest.raises(ValueError, match=r"expected features \(N, D\) of floats"):
        as_tensor(torch.zeros(4, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"expected features \(N, D\) of floats"):
        as_tensor(torch.zeros(0, 2))
