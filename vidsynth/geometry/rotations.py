"""Unit vectors, and rotations that take directions to directions."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation


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


def smallest(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Rotations (N, 3, 3) of the smallest angle that take unit vectors (N, 3) to others."""
    axis = np.cross(start, end)
    cos = np.einsum("ni,ni->n", start, end)
    # Opposite vectors: any axis across them will do.
    across = unit(np.cross(start, np.eye(3)[np.abs(start).argmin(1)]))
    sin = np.linalg.norm(axis, axis=1)
    turning = np.where((sin > 1e-9)[:, None], axis / np.maximum(sin, 1e-12)[:, None], across)
    return Rotation.from_rotvec(turning * np.arctan2(sin, cos)[:, None]).as_matrix()
