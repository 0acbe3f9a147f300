"""k-means finds groups, the same ones for the same seed; the memory keeps the most recent."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans, kmeans_plusplus
from threadpoolctl import threadpool_limits
from torch.nn import functional as F

from uda.clustering.kmeans import ITERATIONS, cluster_means, lloyd, plus_plus
from uda.methods.parts.memory import FeatureMemory


def test_finds_separated_groups_and_repeats_itself() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    points = centres.repeat(20, 1) + 0.1 * torch.randn(60, 2, generator=generator)
    found = cluster_means(points.requires_grad_(), 3, seed=1)
    assert torch.cdist(centres, found).amin(dim=1).max() < 0.2
    assert not found.requires_grad
    assert torch.equal(found, cluster_means(points, 3, seed=1))


@pytest.mark.parametrize("seed", range(3))
def test_finds_what_scikit_learn_finds_from_the_same_start(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    points = F.normalize(torch.randn(300, 32, generator=generator))
    start = plus_plus(points, 16, seed)
    with threadpool_limits(limits=1):
        model = KMeans(16, init=start.numpy(), n_init=1, max_iter=ITERATIONS, tol=0).fit(
            points.numpy()
        )
    found = lloyd(points, start)
    torch.testing.assert_close(found, torch.from_numpy(model.cluster_centers_))
    assert torch.equal(found, cluster_means(points, 16, seed=seed))


def test_the_start_is_as_good_as_scikit_learns() -> None:
    """Sum of squared distances to the nearest of the points chosen, over 20 seeds."""
    generator = torch.Generator().manual_seed(0)
    centres = 4 * torch.randn(16, 8, generator=generator)
    points = centres.repeat(20, 1) + torch.randn(320, 8, generator=generator)

    def left(means: torch.Tensor) -> float:
        return float(torch.cdist(points, means).amin(1).square().sum())

    theirs = [kmeans_plusplus(points.numpy(), 16, random_state=seed)[0] for seed in range(20)]
    mine = [left(plus_plus(points, 16, seed)) for seed in range(20)]
    assert np.mean(mine) < 1.05 * np.mean([left(torch.from_numpy(means)) for means in theirs])


@pytest.mark.parametrize("points", [torch.ones(5, 2), torch.eye(2)])
def test_fewer_points_than_clusters_are_no_error(points: torch.Tensor) -> None:
    found = cluster_means(points, 16, seed=0)
    assert len(found) <= len(points)
    assert found.isfinite().all()


def test_memory_forgets_the_oldest() -> None:
    memory = FeatureMemory(3, 1)
    assert memory.features().shape == (0, 1)
    for value in range(5):
        memory.push(torch.tensor([[float(value)]]), torch.tensor([[value + 0.5]]))
    assert sorted(memory.features().flatten().tolist()) == [2, 2.5, 3, 3.5, 4, 4.5]


def test_memory_of_a_batch_larger_than_itself_and_of_none() -> None:
    memory = FeatureMemory(2, 1)
    memory.push(torch.arange(5.0)[:, None], torch.arange(5.0)[:, None])
    assert sorted(set(memory.features().flatten().tolist())) == [3, 4]
    FeatureMemory(0, 1).push(torch.ones(2, 1), torch.ones(2, 1))


def test_memory_continues_from_its_state() -> None:
    first, second = FeatureMemory(3, 1), FeatureMemory(3, 1)
    first.push(torch.arange(4.0)[:, None], torch.arange(4.0)[:, None])
    second.load_state_dict(first.state_dict())
    for memory in (first, second):
        memory.push(torch.tensor([[9.0]]), torch.tensor([[9.0]]))
    assert torch.equal(first.features(), second.features())
