"""Classifiers that tell the source domain from the target domain."""

from __future__ import annotations

import torch
from torch import nn


class DomainClassifier(nn.Sequential):
    """FC, ReLU, dropout, FC: features ``(..., D)`` to one logit ``(...)``, high for the target."""

    def __init__(self, in_features: int, hidden: int, dropout: float = 0.5) -> None:
        super().__init__(
            nn.Linear(in_features, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, 1),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return super().forward(features).squeeze(-1)
