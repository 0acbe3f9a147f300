"""Groups whose radius is the mean distance of the nearest pairs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.uda.clustering import published
from uda.clustering.jaccard import jaccard_distance
from uda.clustering.pseudo_identities import nearest_pairs


def test_the_radius_is_the_mean_of_the_smallest_distances() -> None:
    features, _ = published.clustered(np.random.default_rng(5))
    count = len(features)
    share = 0.02
    groups, radius = nearest_pairs(
        torch.from_numpy(features), k1=8, k2=3, original=0.3, share=share
    )
    distances = jaccard_distance(features, 8, 3, original=0.3)
    smallest = np.sort(distances.data[distances.data > 0])[: round(share * count * (count - 1))]
    assert radius == pytest.approx(float(smallest.mean()))
    dense = distances.toarray() + (distances.toarray() == 0) * ~np.eye(count, dtype=bool)
    for i in range(count):
        for j in range(count):
            if max(dense[i, j], dense[j, i]) <= radius:
                assert groups[i] == groups[j]
    assert len(set(groups)) < count
    assert set(groups) == set(range(max(groups) + 1)), "a single item is a group"


def test_one_item_is_one_group() -> None:
    groups, _ = nearest_pairs(torch.ones(1, 4), k1=8, k2=3, original=0.3, share=0.1)
    assert groups.tolist() == [0]
