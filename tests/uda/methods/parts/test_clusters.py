"""Groups of the target are the same in all processes."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from uda.clustering import processes
from uda.methods.parts.clusters import Clusters


def test_all_processes_have_the_first_ones_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights begin with the means of groups: what begins apart stays apart."""
    config = Clusters(k1=2, k2=1, min_samples=2)
    features = F.normalize(torch.randn(6, 4, generator=torch.manual_seed(0)), dim=1)
    (alone,) = config.grouped(features)
    of_first = torch.tensor([5, 5, 4, 4, -1, 3])

    def broadcast(values: torch.Tensor, src: int) -> None:
        assert src == 0
        assert values.tolist() == alone.tolist()
        values.copy_(of_first)

    monkeypatch.setattr(processes, "_several", lambda: True)
    monkeypatch.setattr(torch.distributed, "broadcast", broadcast)
    (found,) = config.grouped(features)
    assert found.tolist() == of_first.tolist()


def test_no_more_clusters_than_there_is_room_for() -> None:
    """Eight and seven of fifteen, where a cluster has eight: one of the second one's eight is in
    both of them, and was given to the first."""
    directions = [
        [2, -1, -2, 3, -6, -3, 2, -2, -4, 4], [5, 0, 0, 2, 1, 2, -5, 4, -5, -1],
        [-3, 1, -5, 4, 0, -3, 2, -1, -2, 4], [4, 2, -1, 4, 1, -1, -1, -4, -7, 0],
        [0, -2, -5, 3, -4, 0, 4, 1, -4, 3], [4, -3, -2, 3, -3, -2, -2, -4, -5, -1],
        [1, -2, -5, 3, -4, -2, 3, 0, -5, 3], [2, -3, -5, 3, -6, -2, 3, 1, -3, 1],
        [2, -2, -3, 2, -6, -4, 1, -3, -4, 3], [2, 4, -3, 0, -2, 3, -7, 1, 1, -3],
        [2, 4, -3, 0, -1, 3, -7, 1, 0, -3], [2, 4, -3, 0, -2, 3, -7, -2, -1, -3],
        [3, 3, -4, -1, -2, 2, -7, 0, 0, -3], [2, 5, -1, 0, -1, 3, -7, 1, -1, -2],
        [4, 1, 0, 2, 0, 1, -6, 6, -3, 0],
    ]  # fmt: skip
    features = F.normalize(torch.tensor(directions, dtype=torch.float32), dim=1)
    config = Clusters(k1=19, k2=3, eps=0.3, min_samples=8)
    assert config.most(len(features)) == 1
    (found,) = config.grouped(features)
    assert found.tolist() == [-1, 0, -1, 0, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0]
