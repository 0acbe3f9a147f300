"""Distances between features, a block of queries at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import numpy as np
import torch

from uda.exact import exact_products

Metric: TypeAlias = Literal["cosine", "euclidean"]
Array: TypeAlias = np.ndarray | torch.Tensor

ENTRIES = 2**24
"""Distances in memory at once unless told otherwise: 64 MB in float32."""


def distance_blocks(
    query: Array, gallery: Array, *, metric: Metric = "cosine", block: int | None = None
) -> Iterator[Array]:
    """Distances ``(block, G)`` of consecutive queries ``(Q, D)`` to the gallery ``(G, D)``.

    Computed on the features' device, float16 and bfloat16 in float32.

    Args:
        query: features (Q, D) of any length.
        gallery: features (G, D).
        metric: "cosine" is 1 - cosine, and 1 to a feature of length 0.
        block: queries in a block; None: as many as fill 64 MB.

    Raises:
        ValueError: shapes, dtypes or devices do not fit, or features are not finite.
    """
    if metric not in ("cosine", "euclidean"):
        raise ValueError(f'expected metric "cosine" or "euclidean", found {metric!r}')
    if block is not None and block < 1:
        raise ValueError(f"expected a block of at least one query, found {block}")
    query, gallery = _features(query, "query"), _features(gallery, "gallery")
    places = [getattr(side, "device", "cpu") for side in (query, gallery)]
    if places[0] != places[1]:
        raise ValueError(f"expected features on one device, found {places[0]} and {places[1]}")
    if query.shape[1] != gallery.shape[1]:
        raise ValueError(
            f"expected features of one size, found {query.shape[1]} for queries and "
            f"{gallery.shape[1]} for the gallery"
        )
    lengths = _lengths(query, "query"), _lengths(gallery, "gallery")
    return _blocks(query, gallery, *lengths, metric, block or max(1, ENTRIES // len(gallery)))


def _blocks(
    query: Any, gallery: Any, long: Any, wide: Any, metric: Metric, block: int
) -> Iterator[Array]:
    for start in range(0, len(query), block):
        if isinstance(query, torch.Tensor):
            with exact_products(query.device):
                part = query[start : start + block] @ gallery.T
        else:
            part = query[start : start + block] @ gallery.T
        own = long[start : start + block, None]
        if metric == "cosine":
            part /= own.clip(1e-12)
            part /= wide.clip(1e-12)
            part *= -1
            part += 1
        else:
            part *= -2
            part += wide * wide
            part += own * own
            # Rounding may leave less than nothing between two equal features.
            part = part.clip(0)
            part **= 0.5
        yield part


def _features(features: Any, side: str) -> Any:
    if not isinstance(features, (np.ndarray, torch.Tensor)) or features.ndim != 2:
        found = getattr(features, "shape", type(features).__name__)
        raise ValueError(f"expected {side} features as an array (N, D), found {found}")
    kept: Any = features
    tensor = isinstance(features, torch.Tensor)
    if not (kept.is_floating_point() if tensor else kept.dtype.kind == "f"):
        raise ValueError(f"expected {side} features of floats, found {kept.dtype}")
    small = kept.dtype.itemsize < 4
    if tensor:
        kept = kept.detach().float() if small else kept.detach()
        return kept.numpy() if kept.device.type == "cpu" else kept
    return kept.astype(np.float32) if small else kept


def _lengths(features: Any, side: str) -> Any:
    """The features' lengths ``(N,)``, checked to be finite."""
    if isinstance(features, torch.Tensor):
        lengths = torch.linalg.vector_norm(features, dim=1)
        bad = (~torch.isfinite(lengths)).cpu().numpy()
    else:
        lengths = np.sqrt(np.einsum("nd,nd->n", features, features))
        bad = ~np.isfinite(lengths)
    if bad.any():
        raise ValueError(
            f"{bad.sum()} {side} features are NaN, infinite or too long, the first is {side} "
            f"{int(bad.argmax())}: the model or the file they come from is broken"
        )
    return lengths
