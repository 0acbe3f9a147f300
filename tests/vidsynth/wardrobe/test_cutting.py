import numpy as np
import pytest

from vidsynth.body.anatomy import VERTICES
from vidsynth.wardrobe.cutting import Piece, cut, hem_lips, join, rings, sew, shell, smoothing


@pytest.fixture(scope="module")
def tube():
    """A tube about the z axis, radius 1, 2 high, open at both ends."""
    around, up = 24, 9
    angle = np.arange(around) * 2 * np.pi / around
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    rest = np.zeros((VERTICES, 3))
    rest[: around * up] = [(x, y, 2 * k / (up - 1)) for k in range(up) for x, y in circle]
    triangles = []
    for k in range(up - 1):
        for j in range(around):
            a, b = k * around + j, k * around + (j + 1) % around
            triangles += [(a, b, b + around), (a, b + around, a + around)]
    return shell(rest, np.array(triangles))


def normals(piece):
    a, b, c = (piece.rest[piece.triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


def outward(piece):
    """Per triangle, whether it faces away from the z axis."""
    middle = piece.rest[piece.triangles].mean(1)
    return (normals(piece)[:, :2] * middle[:, :2]).sum(1) > 0


def area(piece):
    return np.linalg.norm(normals(piece), axis=1).sum() / 2


def slope(piece):
    """A slanted line that runs through no vertex of the tube."""
    return piece.rest[:, 2] - 0.9 - 0.31 * piece.rest[:, 0]


def test_a_cut_keeps_the_positive_side_and_its_hem_lies_on_the_line(tube):
    kept = cut(tube, slope(tube))
    assert slope(kept).min() > -1e-6
    hem = min(rings(kept), key=lambda loop: kept.rest[loop, 2].mean())
    assert np.abs(slope(kept)[hem]).max() < 1e-6
    assert len(rings(kept)) == 2


def test_the_two_sides_of_a_cut_make_the_whole(tube):
    assert area(cut(tube, slope(tube))) + area(cut(tube, -slope(tube))) == pytest.approx(area(tube))


def test_what_is_cut_stays_tied_to_the_body_and_faces_outward(tube):
    kept = cut(tube, slope(tube))
    np.testing.assert_allclose(np.asarray(kept.weights.sum(1)).ravel(), 1)
    assert kept.weights.min() >= 0
    body = np.zeros((VERTICES, 3))
    body[: len(tube.rest)] = tube.rest
    np.testing.assert_allclose(kept.field(body), kept.rest, atol=1e-12)
    assert outward(tube).all()
    assert outward(kept).all()


def test_cutting_everything_or_nothing(tube):
    assert len(cut(tube, np.ones(len(tube.rest))).triangles) == len(tube.triangles)
    assert len(cut(tube, -np.ones(len(tube.rest))).triangles) == 0


def test_a_cut_is_that_of_one_triangle_after_the_other(tube):
    """Re-derived slowly: areas and hem of the cut, whatever the order of its vertices."""
    rng = np.random.default_rng(5)
    field = rng.normal(0, 1, len(tube.rest))
    edges, area = set(), 0.0
    for triangle in tube.triangles:
        corners, values = tube.rest[triangle], field[triangle]
        polygon = []
        for k in range(3):
            (p, a), (q, b) = (corners[k], values[k]), (corners[(k + 1) % 3], values[(k + 1) % 3])
            if a > 0:
                polygon.append(p)
            if (a > 0) != (b > 0):
                polygon.append(p + a / (a - b) * (q - p))
                edges.add(frozenset((triangle[k], triangle[(k + 1) % 3])))
        for k in range(1, len(polygon) - 1):
            first, second = polygon[k] - polygon[0], polygon[k + 1] - polygon[0]
            area += np.linalg.norm(np.cross(first, second)) / 2
    piece = cut(tube, field)
    assert np.linalg.norm(normals(piece), axis=1).sum() / 2 == pytest.approx(area)
    assert len(piece.rest) == (field > 0).sum() + len(edges), "one new vertex where an edge is cut"
    assert outward(piece).all(), "none turned over"


def test_a_cut_through_vertices_leaves_one_clean_hem(tube):
    kept = cut(tube, tube.rest[:, 2] - 1.0)
    assert len(rings(kept)) == 2
    assert kept.rest[:, 2].min() == pytest.approx(1.0, abs=1e-6)


def test_sewing_closes_the_gap_between_two_loops(tube):
    upper = cut(tube, tube.rest[:, 2] - 1.1)
    lower = cut(tube, 0.9 - tube.rest[:, 2])
    apart = join(upper, lower)
    facing = sorted(rings(apart), key=lambda loop: abs(apart.rest[loop, 2].mean() - 1))[:2]
    first, second = sorted(facing, key=lambda loop: -apart.rest[loop, 2].mean())
    whole = sew(apart, first, second)
    assert (len(rings(apart)), len(rings(whole))) == (4, 2)
    assert area(whole) == pytest.approx(area(tube))
    assert outward(whole).all()


def test_smoothing_averages_and_leaves_flat_cloth_alone(tube):
    operator = smoothing(tube, 4)
    np.testing.assert_allclose(np.asarray(operator.sum(1)).ravel(), 1)
    for loop in rings(tube):
        assert np.ptp((operator @ tube.rest)[loop, 2]) < 1e-9, "a hem left its line"
    dented = tube.rest.copy()
    dented[100] *= 1.3
    radius = np.linalg.norm((operator @ dented)[:, :2], axis=1)
    assert radius.max() < 1.1


def test_hem_lips_double_every_edge(tube):
    folded, origins = hem_lips(tube)
    added = len(folded.rest) - len(tube.rest)
    assert added == len(origins) == sum(len(loop) for loop in rings(tube))
    np.testing.assert_array_equal(folded.rest[len(tube.rest) :], tube.rest[origins])
    np.testing.assert_allclose(np.asarray(folded.weights.sum(1)).ravel(), 1)
    assert len(rings(folded)) == len(rings(tube))
    assert len(folded.triangles) == len(tube.triangles) + 2 * added


def test_a_piece_carries_fields_of_the_body(tube):
    assert isinstance(tube, Piece)
    heights = np.zeros(VERTICES)
    heights[: len(tube.rest)] = tube.rest[:, 2]
    kept = cut(tube, slope(tube))
    np.testing.assert_allclose(kept.field(heights), kept.rest[:, 2])
