"""Fewer triangles: where nobody sees them, and without holes."""

from __future__ import annotations

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.body.decimation import merge_close_vertices


def _area(rest: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (rest[triangles[:, k]] for k in range(3))
    return np.asarray(np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2)


def test_hands_and_heads_lose_most_of_their_triangles_and_little_of_their_surface() -> None:
    body = at.anatomy()
    fine, coarse = body.triangles["body"], body.triangles["skin"]
    for part, left in (
        (lambda t: np.abs(body.rest[t].mean(1)[:, 0]) > 0.25, 0.4),
        (lambda t: body.rest[t].mean(1)[:, 2] > 0.88, 0.7),
    ):
        before, after = fine[part(fine)], coarse[part(coarse)]
        assert len(after) < left * len(before)
        # Eyelids and ear holes are folded, and lose the most.
        lost = _area(body.rest, after).sum() / _area(body.rest, before).sum()
        assert 0.8 < lost < 1.02


def test_what_is_bent_or_cut_stays_as_it_was() -> None:
    body = at.anatomy()

    def trunk(triangles: np.ndarray) -> set[tuple[int, ...]]:
        places = body.rest[triangles]
        kept = (np.abs(places[:, :, 0]) < 0.24) & (places[:, :, 2] < 0.87)
        return set(map(tuple, triangles[kept.all(1)].tolist()))

    assert trunk(body.triangles["skin"]) == trunk(body.triangles["body"])


def test_no_triangle_is_empty_or_there_twice() -> None:
    triangles = at.anatomy().triangles["skin"]
    assert (np.diff(np.sort(triangles, axis=1), axis=1) > 0).all()
    assert len(np.unique(np.sort(triangles, axis=1), axis=0)) == len(triangles)


def _sheet(z: float, turned: bool, first: int) -> tuple[np.ndarray, np.ndarray]:
    """A square of 11 by 11 vertices, 1 mm apart, that faces up, or down."""
    x, y = np.meshgrid(np.arange(11) * 0.001, np.arange(11) * 0.001)
    corner = np.array([k for k in range(110) if k % 11 < 10])
    quads = np.stack([corner, corner + 1, corner + 12, corner + 11], 1)
    triangles = np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]) + first
    rest = np.stack([x.ravel(), y.ravel(), np.full(121, z)], 1)
    return rest, triangles[:, ::-1] if turned else triangles


def test_two_sides_that_nearly_touch_are_not_joined() -> None:
    (upper, facing_up), (lower, facing_down) = _sheet(0.0005, False, 0), _sheet(0.0, True, 121)
    rest, triangles = np.vstack([upper, lower]), np.vstack([facing_up, facing_down])
    fewer = merge_close_vertices(rest, triangles, np.full(len(rest), 0.0021))
    assert len(fewer) < len(triangles) / 2
    sides = fewer < 121
    assert (sides.all(1) | ~sides.any(1)).all()


def test_vertices_are_apart_and_those_of_no_spacing_stay() -> None:
    rest, triangles = _sheet(0.0, False, 0)
    spacing = np.where(rest[:, 0] > 0.005, 0.0021, 0.0)
    fewer = merge_close_vertices(rest, triangles, spacing)
    left = np.unique(fewer)
    assert set(np.flatnonzero(spacing == 0)) <= set(left)
    crowded = rest[[k for k in left if spacing[k] > 0]]
    apart = np.linalg.norm(crowded[:, None] - crowded[None], axis=2)
    assert apart[~np.eye(len(crowded), dtype=bool)].min() > 0.0021
