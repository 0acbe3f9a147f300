"""Heads: from a video feature to an embedding and identity scores."""

from __future__ import annotations

import torch
from torch import nn


class FullyConnected(nn.Sequential):
    """Linear, batch norm, ReLU after pooling: ``(B, D)`` to ``(B, width)``."""

    def __init__(self, in_features: int, width: int) -> None:
        super().__init__(
            nn.Linear(in_features, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()
        )


class PlainHead(nn.Module):
    """Metric losses, comparison and classifier all have the same feature."""

    def __init__(self, in_features: int, num_classes: int | None) -> None:
        super().__init__()
        self.classifier = None if num_classes is None else nn.Linear(in_features, num_classes)

    def forward(self, video: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Video features ``(B, D)`` to themselves and scores ``(B, K)`` or None."""
        return video, None if self.classifier is None else self.classifier(video)


class BNNeck(nn.Module):
    """Batch normalisation between the feature metric losses see and the one classified.

    Luo et al., Bag of Tricks and A Strong Baseline for Deep Person Re-identification, CVPRW 2019:
    the normalisation's bias stays zero and the classifier has none, so that identity hyperplanes
    pass through the origin. ``norm_bias`` and ``classifier_bias`` are for published models that
    learn them.
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int | None,
        *,
        norm_bias: bool = False,
        classifier_bias: bool = False,
    ) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(in_features)
        self.norm.bias.requires_grad_(norm_bias)
        self.classifier: nn.Linear | None = None
        if num_classes is not None:
            self.classifier = nn.Linear(in_features, num_classes, bias=classifier_bias)
            nn.init.normal_(self.classifier.weight, std=0.001)
            if classifier_bias:
                nn.init.zeros_(self.classifier.bias)

    def forward(self, video: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Video features ``(B, D)`` to embedding ``(B, D)`` and scores ``(B, K)`` or None."""
        embedding = self.norm(video)
        return embedding, None if self.classifier is None else self.classifier(embedding)
