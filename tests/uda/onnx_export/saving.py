"""Checkpoints of small models, as runs write them."""

from __future__ import annotations

from pathlib import Path

import torch
from reid_models import build

from uda.config import Config
from uda.runs import checkpoint


def save(settings: Config, path: Path) -> Path:
    chosen = settings.model
    model = build(
        chosen.name,
        5,
        pooling=chosen.pooling,
        temporal=chosen.temporal,
        norm=chosen.norm,
        size=settings.data.size,
    )
    with torch.no_grad():
        for _ in range(3):
            model(2 * torch.randn(4, 2, 3, *settings.data.size) + 0.3)
    state = dict.fromkeys(checkpoint.TRAINED.contents, None) | {
        "model": model.state_dict(),
        "config": settings.model_dump(mode="json"),
        "source": {"identities": 5},
    }
    checkpoint.save(path, state)
    return path
