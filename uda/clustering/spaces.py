"""Distances between N items, by blocks and by pairs, so that nobody needs all N x N of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch

from uda.exact import exact_products


class Space(Protocol):
    """N items between which there are distances of 0 or more."""

    @property
    def device(self) -> torch.device:
        """Where distances are computed."""

    def __len__(self) -> int: ...

    def block(self, rows: slice) -> torch.Tensor:
        """Distances (R, N) of some items to all; a tensor of the caller's own."""

    def pairs(self, items: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        """Distances (P,) of items (P,) to members (P,)."""


class SquaredEuclidean:
    """Squared Euclidean distances of features (N, D)."""

    def __init__(self, features: np.ndarray | torch.Tensor) -> None:
        """ValueError: features that are no finite floats (N, D)."""
        self.features = as_tensor(features)
        self._squares = self.features.square().sum(1)

    @property
    def device(self) -> torch.device:
        return self.features.device

    def __len__(self) -> int:
        return len(self.features)

    def block(self, rows: slice) -> torch.Tensor:
        features, squares = self.features, self._squares
        with exact_products(features.device):
            found = torch.addmm(squares[None], features[rows], features.T, alpha=-2)
        return found.add_(squares[rows, None])

    def pairs(self, items: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        return (self.features[items] - self.features[members]).square_().sum(1)


def as_tensor(features: np.ndarray | torch.Tensor) -> torch.Tensor:
    """Features ``(N, D)`` float32, where they are. ValueError: they are not finite numbers."""
    found = torch.as_tensor(features)
    if found.ndim != 2 or not len(found) or not found.is_floating_point():
        raise ValueError(
            f"expected features (N, D) of floats, found {tuple(found.shape)} {found.dtype}"
        )
    bad = ~torch.isfinite(found).all(1)
    if bad.any():
        raise ValueError(
            f"expected finite features, found {int(bad.sum())} rows with others, the first is row "
            f"{int(bad.int().argmax())}"
        )
    return found.detach().float().contiguous()
