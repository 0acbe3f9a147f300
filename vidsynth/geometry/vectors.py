"""Unit vectors, and frames of them."""

from __future__ import annotations

import numpy as np


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) of length 1 along the given ones; those of no length stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: np.ndarray = vectors / np.maximum(lengths, 1e-12)
    return scaled


def frames(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Right-handed frames (..., 3, 3): columns along ``first`` (..., 3), along what of ``second``
    (..., 3) is square to it, and along the cross product of both."""
    x = unit(first)
    y = unit(second - (second * x).sum(-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], -1)
