"""Query-adaptive convolution: two pictures are as alike as their places are that match best.

Liao and Shao, Interpretable and Generalizable Person Re-Identification with Query-Adaptive
Convolution and Temporal Lifting, ECCV 2020 (QAConv). A query's places are 1x1 kernels that are run
over the gallery's map, which is the product of both maps' local features.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F

ENTRIES = {"cpu": 2**22, "cuda": 2**28}
"""Similarities of places in memory at once: 16 MB and 1 GiB in float32."""


class LocalFeatures(nn.Module):
    """From maps of frames to a feature of length at most 1 for each place.

    A 3x3 convolution to ``channels`` and a norm, then each place is made of length 1. The frames of
    a clip are cut into ``stretches`` equal parts, and places averaged over those of each.
    """

    def __init__(self, incoming: int, channels: int, stretches: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(incoming, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.stretches = stretches

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(B, T, C, h, w)`` to ``(B, channels, stretches, h * w)``."""
        batch, length = maps.shape[:2]
        images = self.norm(self.convolution(maps.flatten(0, 1)))
        places = F.normalize(images.float(), dim=1).flatten(2).unflatten(0, (batch, length))
        ends = [part * length / self.stretches for part in range(self.stretches + 1)]
        parts = [
            places[:, math.floor(first) : math.ceil(end)].mean(1)
            for first, end in itertools.pairwise(ends)
        ]
        return torch.stack(parts, dim=2)


class Matcher(nn.Module):
    """Scores of pairs of local features; the same for (query, gallery) and (gallery, query).

    Each of the h w places of either side counts by its best match on the other side. These 2 h w
    numbers are normalised, weighted by place with one weight for both sides, added, and normalised
    again. Weights start as an average.
    """

    def __init__(self, places: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.weigh = nn.Linear(places, 1)
        self.score_norm = nn.BatchNorm1d(1)
        nn.init.constant_(self.weigh.weight, 1 / places)
        nn.init.zeros_(self.weigh.bias)

    def forward(self, query: torch.Tensor, gallery: torch.Tensor) -> torch.Tensor:
        """``(Q, c, N, s)`` and ``(G, c, N, s)`` to scores ``(Q, G)``, the larger the more alike."""
        best = best_matches(query, gallery).float()
        with torch.autocast(best.device.type, enabled=False):
            normal = self.norm(best.flatten(0, 2).unsqueeze(1)).squeeze(1)
            scores = self.weigh(normal).view(-1, 2).sum(1, keepdim=True)
            return self.score_norm(scores).view(len(query), len(gallery))


def best_matches(
    query: torch.Tensor, gallery: torch.Tensor, at_once: int | None = None
) -> torch.Tensor:
    """For each place of either side the largest cosine with any place of the other.

    Args:
        query: local features (Q, c, N, s) of N stretches; their lengths do not matter.
        gallery: the same (G, c, N, s).
        at_once: similarities in memory at once, at least those of a pair; None: `ENTRIES`.

    Returns:
        ``(Q, G, 2, s)``: the query's places, then the gallery's, means over stretches. Any stretch
        of the other side may hold a place's match.
    """
    stretches, places = query.shape[2:]
    size = stretches * places
    room = at_once or ENTRIES["cpu" if query.device.type == "cpu" else "cuda"]
    rows = max(1, min(len(query), math.isqrt(room) // size))
    columns = max(1, room // (rows * size * size))
    found = []
    for some in query.split(rows):
        own = _directions(some)
        # Part by part: no copy of the whole gallery.
        parts = [_best(own, _directions(part)) for part in gallery.split(columns)]
        found.append(torch.cat(parts, dim=1))
    return torch.cat(found).unflatten(3, (stretches, places)).mean(3)


def _directions(local: torch.Tensor) -> torch.Tensor:
    """Local features ``(B, c, N, s)``, of length 1, as ``(B, N s, c)``."""
    return F.normalize(local, dim=1).flatten(2).transpose(1, 2)


def _best(query: torch.Tensor, gallery: torch.Tensor) -> torch.Tensor:
    """``(q, n, c)`` and ``(g, n, c)`` to ``(q, g, 2, n)``."""
    product = query.flatten(0, 1) @ gallery.flatten(0, 1).T
    alike = product.view(*query.shape[:2], *gallery.shape[:2])  # (q, n, g, n)
    own, other = _largest(alike, 3).transpose(1, 2), _largest(alike, 1)
    return torch.stack([own, other], dim=2)


def _largest(values: torch.Tensor, dim: int) -> torch.Tensor:
    """Finding which is largest, for a gradient, takes a CPU several times as long."""
    return values.max(dim).values if values.requires_grad else values.amax(dim)
