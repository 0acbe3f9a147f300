"""What a person looks like, read off an embedding: a small network for each attribute.

Uner et al., Synthetic18K: two fully connected layers and a classifier for each attribute, on a
backbone that all of them share.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

HIDDEN = 256
"""Width of both layers of a head, which the paper leaves open."""


class AttributeHead(nn.Module):
    """Linear, batch norm, ReLU, twice; then scores of the values of one attribute.

    ``temperature`` (a scalar, 1 before it is fitted) is what scores are divided by before a softmax
    makes probabilities of them; training is without it.
    """

    temperature: torch.Tensor

    def __init__(self, size: int, values: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.layers = nn.Sequential(*_layer(size, hidden), *_layer(hidden, hidden))
        self.scores = nn.Linear(hidden, values)
        nn.init.normal_(self.scores.weight, std=0.001)
        nn.init.zeros_(self.scores.bias)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, embedding: torch.Tensor) -> torch.Tensor:
        """Embeddings ``(B, size)`` to scores ``(B, values)``."""
        scores: torch.Tensor = self.scores(self.layers(embedding))
        return scores


class AttributeHeads(nn.Module):
    """A head for each attribute.

    ``values`` are the meanings of an attribute's classes 0, 1, ... by its name.
    """

    def __init__(
        self, size: int, values: Mapping[str, tuple[str, ...]], hidden: int = HIDDEN
    ) -> None:
        super().__init__()
        self.values = dict(values)
        self.heads = nn.ModuleDict(
            {part_name(name): AttributeHead(size, len(v), hidden) for name, v in values.items()}
        )

    def head(self, name: str) -> AttributeHead:
        """The head of an attribute. KeyError: there is none."""
        found = self.heads[part_name(name)]
        assert isinstance(found, AttributeHead)
        return found

    def forward(self, embedding: torch.Tensor) -> dict[str, torch.Tensor]:
        """Embeddings ``(B, size)`` to scores ``(B, C)`` of each attribute's C values by name."""
        return {name: self.heads[part_name(name)](embedding) for name in self.values}


def part_name(attribute: str) -> str:
    """An attribute's name as a module's, which holds no dots and is none of torch's own."""
    return "of_" + attribute.replace("%", "%25").replace(".", "%2E")


def _layer(size: int, width: int) -> tuple[nn.Module, ...]:
    return nn.Linear(size, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()
