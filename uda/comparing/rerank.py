"""k-reciprocal re-ranking. Zhong et al., CVPR 2017; see `uda.clustering.k_reciprocal`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from uda.clustering.jaccard import check
from uda.clustering.k_reciprocal import encode, nearest, parts, shared_weight
from uda.clustering.spaces import SquaredEuclidean, as_tensor
from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array
from uda.exact import exact_products

ROWS = {"cpu": 2**22, "cuda": 2**25}
"""Distances in memory at once."""


@dataclass
class Reranked(Comparison):
    """`k_reciprocal_blocks` as a comparison: of features alone, whatever a method compares by."""

    name: ClassVar[str] = "k_reciprocal"
    k1: int = 20
    k2: int = 6
    lambda_value: float = 0.3

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        return k_reciprocal_blocks(
            query.features,
            gallery.features,
            k1=self.k1,
            k2=self.k2,
            lambda_value=self.lambda_value,
        )

    def state(self) -> dict[str, Any]:
        return {"k1": self.k1, "k2": self.k2, "lambda_value": self.lambda_value}

    def restore(self, state: dict[str, Any]) -> None:
        self.k1, self.k2 = int(state["k1"]), int(state["k2"])
        self.lambda_value = float(state["lambda_value"])


def k_reciprocal(
    query: np.ndarray | torch.Tensor,
    gallery: np.ndarray | torch.Tensor,
    *,
    k1: int = 20,
    k2: int = 6,
    lambda_value: float = 0.3,
) -> np.ndarray:
    """Re-ranked distances float32 ``(Q, G)`` between features ``(Q, D)`` and ``(G, D)``.

    Exact: the same numbers as the published algorithm on all pairs.

    Args:
        query: features (Q, D).
        gallery: features (G, D).
        k1: neighbours that must have each other among theirs.
        k2: neighbours over which encodings are averaged.
        lambda_value: share of the original distance; the rest is Jaccard distance.

    Raises:
        ValueError: an empty side, widths that differ, features that are not finite, or k1 and k2
            that fit no data.
    """
    blocks = k_reciprocal_blocks(query, gallery, k1=k1, k2=k2, lambda_value=lambda_value)
    return torch.cat(list(blocks)).cpu().numpy()


def k_reciprocal_blocks(
    query: np.ndarray | torch.Tensor,
    gallery: np.ndarray | torch.Tensor,
    *,
    k1: int = 20,
    k2: int = 6,
    lambda_value: float = 0.3,
) -> Iterator[torch.Tensor]:
    """`k_reciprocal` as consecutive blocks of rows, of which one is in memory at a time; where the
    queries are."""
    if not 0 <= lambda_value <= 1:
        raise ValueError(f"expected lambda_value in 0..1, found {lambda_value}")
    own, others = as_tensor(query), as_tensor(gallery)
    if own.shape[1] != others.shape[1]:
        raise ValueError(
            f"expected features of one width, found {own.shape[1]} and {others.shape[1]}"
        )
    features = torch.cat([own, others.to(own.device)])
    check(k1, k2, len(features))
    return _blocks(features, len(own), k1, k2, lambda_value)


def _blocks(
    features: torch.Tensor, queries: int, k1: int, k2: int, lambda_value: float
) -> Iterator[torch.Tensor]:
    space = SquaredEuclidean(features)
    neighbours = nearest(space, max(k1 + 1, k2))
    weights = encode(space, neighbours, k1, k2)
    gallery, columns = features[queries:], weights.part(queries, len(features)).transposed()
    squares = features.square().sum(1)
    for some in parts(queries, ROWS, len(gallery), features.device):
        shared = shared_weight(weights.part(some.start, some.stop), columns)
        with exact_products(features.device):
            block = torch.addmm(squares[None, queries:], features[some], gallery.T, alpha=-2)
        block.add_(squares[some, None]).clamp_min_(0)
        block *= lambda_value / neighbours.largest[some, None]
        block += (1 - lambda_value) * (1 - shared / (2 - shared))
        yield block
