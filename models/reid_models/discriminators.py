"""Heads that tell the source domain from the target domain."""

from __future__ import annotations

from typing import Literal

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


Aggregation = Literal["convolution", "mean"]


class DomainRegressor(nn.Module):
    """Stitched frames ``(G, N, D)`` to shares of the domains ``(G, 2)``, source and target.

    ``convolution``: each frame is seen with the one before and the one after it, FC over the three,
    ReLU, and the mean over frames, so that their order counts. ``mean``: the frames' mean, FC,
    ReLU. Then dropout, FC, softmax.
    """

    def __init__(
        self,
        in_features: int,
        hidden: int,
        dropout: float = 0.5,
        aggregation: Aggregation = "convolution",
    ) -> None:
        super().__init__()
        self.aggregation = aggregation
        width = 3 if aggregation == "convolution" else 1
        self.first = nn.Conv1d(in_features, hidden, width, padding=width // 2)
        self.second = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden, 2), nn.Softmax(dim=-1))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        over_time = frames.transpose(-1, -2)
        if self.aggregation == "mean":
            over_time = over_time.mean(-1, keepdim=True)
        shares: torch.Tensor = self.second(self.first(over_time).relu().mean(-1))
        return shares
