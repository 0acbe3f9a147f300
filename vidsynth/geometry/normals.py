"""Which way a surface faces at its vertices."""

from __future__ import annotations

import numpy as np

from vidsynth.geometry.vectors import unit


def vertex_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N, 3) unit normals at ``points`` (N, 3), of the triangles (F, 3) around them by area; zero
    where there are none."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for corner in triangles.T:
        np.add.at(normals, corner, across)
    return unit(normals)
