"""Two neighbouring frames become one. Wang et al., Pyramid Spatial-Temporal Aggregation for
Video-based Person Re-Identification, ICCV 2021."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

GRID = (16, 8)
"""Positions whose affinities become channels: the map's at 256x128."""
POSITIONS = GRID[0] * GRID[1]
EMBEDDING = 128


class TemporalReference(nn.Module):
    """TRA: each frame of a pair weighted with reference to the other.

    A position's weight comes from both frames' embeddings there and from its affinities to every
    position of the other frame; a channel's from both frames' pooled features. The result is
    ``relu(w_1 x_1 + w_2 x_2) ** 2``, as in the published code.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 8
        self.query = convolution(channels, inner)
        self.key = convolution(channels, inner)
        self.relations = convolution(2 * POSITIONS, EMBEDDING)
        self.pair = convolution(2 * EMBEDDING, EMBEDDING)
        self.position_weight = convolution(2 * EMBEDDING, 1, nn.Sigmoid())
        self.reduction = nn.Linear(channels, inner, bias=False)
        self.channel_weight = _channel_weight(2 * inner, inner, channels)

    def forward(
        self, pairs: torch.Tensor, embedded: torch.Tensor, pooled: torch.Tensor
    ) -> torch.Tensor:
        """Pairs ``(N, 2, C, h, w)``, embedded ``(N, 2, 128, h, w)`` and pooled ``(N, 2, C)``, to
        ``(N, C, h, w)``."""
        shape = pairs.shape[:2]
        images = pairs.flatten(0, 1)
        query, key = self.query(images), self.key(images)
        other_query, other_key = _other(query, shape), _other(key, shape)
        relations = self.relations(
            torch.cat([affinity(query, other_key), affinity(key, other_query)], 1)
        )
        flat = embedded.flatten(0, 1)
        pair = self.pair(torch.cat([flat, _other(flat, shape)], 1))
        position = self.position_weight(torch.cat([pair, relations], 1))
        reduced = F.relu(self.reduction(pooled.flatten(0, 1)))
        channel = self.channel_weight(torch.cat([reduced, _other(reduced, shape)], 1))
        weighted = images * position * channel[..., None, None]
        return F.relu(weighted.unflatten(0, shape).sum(1)) ** 2


class SpatialReference(nn.Module):
    """SRA: each frame weighted by itself, ``relu(w_1 x_1 + w_2 x_2)``.

    A position's weight comes from its embedding and its affinities to every position of the same
    frame; a channel's from the frame's pooled feature.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 8
        self.query = convolution(channels, inner)
        self.key = convolution(channels, inner)
        self.relations = convolution(2 * POSITIONS, EMBEDDING)
        self.position_weight = nn.Sequential(
            convolution(2 * EMBEDDING, EMBEDDING), convolution(EMBEDDING, 1, nn.Sigmoid())
        )
        self.channel_weight = _channel_weight(channels, inner, channels)

    def forward(
        self, pairs: torch.Tensor, embedded: torch.Tensor, pooled: torch.Tensor
    ) -> torch.Tensor:
        """As `TemporalReference`."""
        images = pairs.flatten(0, 1)
        query, key = self.query(images), self.key(images)
        relations = self.relations(torch.cat([affinity(query, key), affinity(key, query)], 1))
        position = self.position_weight(torch.cat([embedded.flatten(0, 1), relations], 1))
        channel = self.channel_weight(pooled.flatten(0, 1))
        weighted = images * position * channel[..., None, None]
        return F.relu(weighted.unflatten(0, pairs.shape[:2]).sum(1))


class PairAggregation(nn.Module):
    """STAM: the sum of both references, through a bottleneck of three convolutions."""

    def __init__(self, channels: int, inner: int = 256) -> None:
        super().__init__()
        self.embedding = nn.Sequential(convolution(channels, inner), convolution(inner, EMBEDDING))
        self.temporal = TemporalReference(channels)
        self.spatial = SpatialReference(channels)
        self.bottleneck = nn.Sequential(
            convolution(channels, inner),
            convolution(inner, inner, size=3),
            convolution(inner, channels),
        )

    def forward(self, pairs: torch.Tensor) -> torch.Tensor:
        """Pairs of maps ``(N, 2, C, h, w)`` to one map each ``(N, C, h, w)``."""
        embedded = self.embedding(pairs.flatten(0, 1)).unflatten(0, pairs.shape[:2])
        pooled = pairs.mean((3, 4))
        merged = self.temporal(pairs, embedded, pooled) + self.spatial(pairs, embedded, pooled)
        return self.bottleneck(merged)


def affinity(at: torch.Tensor, of: torch.Tensor) -> torch.Tensor:
    """Inner products of each position of ``at`` with each of ``of``, the latter as channels.

    Both are ``(N, C, h, w)``, the result is ``(N, 128, h, w)``: ``of`` is averaged onto the grid of
    16 x 8 positions that the published layers count on, where it has another size.
    """
    if of.shape[2:] != GRID:
        of = F.adaptive_avg_pool2d(of, GRID)
    return (of.flatten(2).transpose(1, 2) @ at.flatten(2)).unflatten(2, at.shape[2:])


def convolution(
    incoming: int, outgoing: int, activation: nn.Module | None = None, size: int = 1
) -> nn.Sequential:
    """Convolution without bias, batch normalisation, ``activation`` (ReLU)."""
    layer = nn.Conv2d(incoming, outgoing, size, padding=size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
    return nn.Sequential(layer, nn.BatchNorm2d(outgoing), activation or nn.ReLU(inplace=True))


def _other(images: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """For each frame of ``(N * 2, ...)`` the other frame of its pair."""
    return images.unflatten(0, shape).flip(1).flatten(0, 1)


def _channel_weight(incoming: int, inner: int, channels: int) -> nn.Sequential:
    layers = nn.Sequential(
        nn.Linear(incoming, inner), nn.ReLU(inplace=True), nn.Linear(inner, channels), nn.Sigmoid()
    )
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return layers
