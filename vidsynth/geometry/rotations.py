"""Rotations that take directions to directions."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from vidsynth.geometry.vectors import unit


def smallest(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Rotations (N, 3, 3) of the smallest angle that take unit vectors (N, 3) to others."""
    axis = np.cross(start, end)
    cos = np.einsum("ni,ni->n", start, end)
    # Opposite vectors: any axis across them will do.
    across = unit(np.cross(start, np.eye(3)[np.abs(start).argmin(1)]))
    sin = np.linalg.norm(axis, axis=1)
    turning = np.where((sin > 1e-9)[:, None], axis / np.maximum(sin, 1e-12)[:, None], across)
    return Rotation.from_rotvec(turning * np.arctan2(sin, cos)[:, None]).as_matrix()
