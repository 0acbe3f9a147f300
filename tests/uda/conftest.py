"""A backbone so small that a whole training run takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from reid_models.build import MODELS, Architecture
from torch import nn


def backbone() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 8, 5, stride=4, padding=2, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 12, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(12),
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Miniature tensors: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the backbone, for `model.name`."""
    monkeypatch.setitem(MODELS, "tiny", Architecture(backbone, 12, (32, 16)))
    return "tiny"
