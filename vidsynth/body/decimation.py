"""Fewer triangles where street cameras see none of them: hands, ears, under hair.

MakeHuman's mesh has half of its skin in the hands and the head. Each triangle costs time in every
frame, and a finger's are smaller than a hundredth of a pixel.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts as they are used: the config, too, knows kinds of garments

from vidsynth.geometry.normals import vertex_normals

_HANDS, _HEAD, _FACE = 0.245, 0.875, -0.05
"""Statures: what is farther out, above, and before this."""

_SPACING, _FACE_SPACING = 0.004, 0.0015
"""Statures between the vertices that are left on them, and on the face."""

_SAME_SIDE = 0.3
"""Least cosine between normals of vertices that may become one: not two fingers' that touch."""


def simplified_skin(rest: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Triangles (G, 3) of the body's skin with fewer in hands and head, over the same vertices.

    ``triangles`` (F, 3) over ``rest`` (V, 3), statures. Trunk and limbs stay as they are.
    """
    hand, head = np.abs(rest[:, 0]) > _HANDS, rest[:, 2] > _HEAD
    spacing = np.where(hand | head, _SPACING, 0.0)
    spacing[head & (rest[:, 1] < _FACE)] = _FACE_SPACING
    return merge_close_vertices(rest, triangles, spacing)


def merge_close_vertices(
    rest: np.ndarray, triangles: np.ndarray, spacing: np.ndarray
) -> np.ndarray:
    """Triangles (G, 3) between vertices that are ``spacing`` (V,) apart at least, each of the
    others become one with the nearest before it on its side of the surface (Rossignac and Borrel,
    Multi-resolution 3D approximations, 1993); those of spacing 0 stay."""
    normals = vertex_normals(rest, triangles)
    used = np.unique(triangles)
    crowded = used[spacing[used] > 0]
    kept = np.arange(len(rest))
    taken = spacing == 0
    neighbours = scipy.spatial.cKDTree(rest[crowded]).query_ball_point(
        rest[crowded], spacing[crowded]
    )
    for vertex, near in zip(crowded, neighbours, strict=True):
        if taken[vertex]:
            continue
        others = crowded[near]
        alike = normals[others] @ normals[vertex] > _SAME_SIDE
        joined = others[alike & ~taken[others]]
        kept[joined] = vertex
        taken[joined] = taken[vertex] = True
    a, b, c = fewer = kept[triangles].T
    whole = (a != b) & (b != c) & (c != a)
    fewer = fewer.T[whole]
    _, first = np.unique(np.sort(fewer, axis=1), axis=0, return_index=True)
    return fewer[np.sort(first)]
