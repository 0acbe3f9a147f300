"""Heads that tell the source domain from the target domain."""

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


class DomainRegressor(nn.Sequential):
    """FC, ReLU, dropout, FC, softmax: features ``(..., D)`` to shares of the domains ``(..., 2)``.

    How much of what the feature was made of is source, and how much is target.
    """

    def __init__(self, in_features: int, hidden: int, dropout: float = 0.5) -> None:
        super().__init__(
            nn.Linear(in_features, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, 2),
            nn.Softmax(dim=-1),
        )
