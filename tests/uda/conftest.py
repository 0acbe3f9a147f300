"""A backbone so small that a whole training run takes a second."""

from __future__ import annotations

import pytest
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


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the backbone, for `model.name`."""
    monkeypatch.setitem(MODELS, "tiny", Architecture(backbone, 12, (32, 16)))
    return "tiny"
