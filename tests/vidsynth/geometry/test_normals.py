"""Normals at vertices."""

import numpy as np

from vidsynth.geometry.normals import vertex_normals


def test_an_edge_faces_between_its_sides_the_larger_the_more():
    """A floor and a wall twice as large meet along y; a vertex of no triangle faces nowhere."""
    points = np.array(
        [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (0, 0, 2), (0, 1, 2), (9, 9, 9)], float
    )
    triangles = np.array([(0, 2, 1), (2, 3, 1), (0, 1, 4), (1, 5, 4)])
    normals = vertex_normals(points, triangles)
    np.testing.assert_allclose(normals[3], (0, 0, 1))
    np.testing.assert_allclose(normals[5], (1, 0, 0))
    assert normals[1, 0] > 0.4
    assert normals[1, 2] > 0.4
    assert normals[0, 0] > normals[0, 2] > 0
    np.testing.assert_array_equal(normals[6], 0)
