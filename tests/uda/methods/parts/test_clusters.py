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
