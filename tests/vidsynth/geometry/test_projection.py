"""Projection through lenses, against OpenCV's formulae written out, and back."""

from math import atan, sqrt

import numpy as np
import pytest

from vidsynth.geometry.lenses import BrownConrady, Fisheye, coefficients
from vidsynth.geometry.projection import end_of_lens, field_of_view, project, unproject

FOCAL, PRINCIPAL = (610.0, 480.0), (333.0, 170.0)
LENSES = [
    BrownConrady(-0.28, 0.07, 0.0008, -0.0012, -0.005),
    BrownConrady(0.2, 0.05, -0.003, 0.002),
    BrownConrady(-0.25),
    BrownConrady(k3=0.1),
    Fisheye(0.02, -0.01, 0.003, -0.0005),
    Fisheye(),
]


def in_front(count=400, seed=0):
    """Points (N, 3) 1 to 5 m away, up to 40 degrees aside."""
    rng = np.random.default_rng(seed)
    depth = rng.uniform(1, 5, count)
    return np.column_stack([*(rng.uniform(-0.55, 0.55, (2, count)) * depth), depth])


def by_the_book(point, lens):
    """One point's pixel, as OpenCV's documentation has it."""
    a, b = point[0] / point[2], point[1] / point[2]
    r2 = a * a + b * b
    if isinstance(lens, Fisheye):
        r = sqrt(r2)
        t = atan(r)
        k1, k2, k3, k4 = coefficients(lens)
        td = t * (1 + k1 * t**2 + k2 * t**4 + k3 * t**6 + k4 * t**8)
        x, y = td / r * a, td / r * b
    else:
        k1, k2, p1, p2, k3 = coefficients(lens)
        radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
        x = a * radial + 2 * p1 * a * b + p2 * (r2 + 2 * a * a)
        y = b * radial + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b
    return FOCAL[0] * x + PRINCIPAL[0], FOCAL[1] * y + PRINCIPAL[1]


@pytest.mark.parametrize("lens", LENSES, ids=str)
def test_pixels_are_those_of_the_formulae(lens):
    points = in_front()
    expected = [by_the_book(point, lens) for point in points.tolist()]
    pixels, depth = project(points, FOCAL, PRINCIPAL, lens)
    np.testing.assert_allclose(pixels, expected, atol=1e-9)
    far = np.linalg.norm(points, axis=1) if isinstance(lens, Fisheye) else points[:, 2]
    np.testing.assert_allclose(depth, far)


@pytest.mark.parametrize("lens", LENSES, ids=str)
def test_pixels_are_opencvs(lens):
    cv2 = pytest.importorskip("cv2")
    points, zero = in_front(), np.zeros(3)
    K = np.array([[FOCAL[0], 0, PRINCIPAL[0]], [0, FOCAL[1], PRINCIPAL[1]], [0, 0, 1]])
    known = np.array(coefficients(lens))
    if isinstance(lens, Fisheye):
        pixels = cv2.fisheye.projectPoints(points[:, None], zero, zero, K, known)[0]
    else:
        pixels = cv2.projectPoints(points, zero, zero, K, known)[0]
    np.testing.assert_allclose(project(points, FOCAL, PRINCIPAL, lens)[0], pixels[:, 0], atol=1e-8)


@pytest.mark.parametrize("lens", [None, *LENSES], ids=str)
def test_unprojected_pixels_are_projected_where_they_were(lens):
    points = in_front()
    pixels = project(points, FOCAL, PRINCIPAL, lens)[0]
    rays = unproject(pixels, FOCAL, PRINCIPAL, lens)
    straight = points / np.linalg.norm(points, axis=1)[:, None]
    assert np.abs(rays - straight).max() < 1e-9
    again = project(3.0 * rays, FOCAL, PRINCIPAL, lens)[0]
    assert np.abs((again - pixels) / FOCAL).max() < 1e-9


def test_a_lens_without_distortion_is_a_pinhole():
    points = in_front()
    straight = project(points, FOCAL, PRINCIPAL)[0]
    np.testing.assert_allclose(project(points, FOCAL, PRINCIPAL, BrownConrady())[0], straight)
    np.testing.assert_array_equal(project(points, (500.0, 500.0), PRINCIPAL)[0],
                                  project(points, 500.0, PRINCIPAL)[0])  # fmt: skip


def test_a_fisheye_sees_to_the_side_and_behind():
    lens = Fisheye()
    points = np.array([[2.0, 0, 0], [0, 1.0, -0.2], [0, 0, 3.0], [0, 0, 0.5]])
    pixels, depth = project(points, 100.0, (0.0, 0.0), lens)
    angle = np.pi - np.arctan(1 / 0.2)
    np.testing.assert_allclose(pixels, [(50 * np.pi, 0), (0, 100 * angle), (0, 0), (0, 0)])
    np.testing.assert_allclose(depth, [2, np.hypot(1, 0.2), 3, 0.5])
    rays = unproject(pixels[:2], 100.0, (0.0, 0.0), lens)
    np.testing.assert_allclose(rays, points[:2] / depth[:2, None], atol=1e-9)


def test_what_the_model_would_fold_back_stays_outside():
    """x (1 - 0.3 x^2) grows up to 1.054 and falls after: 1.8 must not come back to 0.05."""
    lens = BrownConrady(-0.3)
    assert 1.02 < lens.reach < 1.054
    x = np.linspace(0, 20, 500)
    points = np.column_stack([x, 0.3 * x, np.ones(500)])
    pixels = lens.project(points)
    assert (np.diff(pixels[:, 0]) > 0).all()
    assert 1.8 * (1 - 0.3 * 1.8**2) < 0.06
    assert pixels[x > 1.8, 0].min() > 0.7
    assert np.isnan(lens.unproject(np.array([[0.71, 0.0]]))).all()
    around = Fisheye(k1=-0.2)
    assert around.reach < np.radians(75)
    assert np.isnan(around.unproject(np.array([[0.9, 0.0]]))).all()


def test_the_field_of_view_is_that_of_the_corner():
    assert field_of_view(600, 800, (500.0, 500.0), (300.0, 400.0)) == pytest.approx(90)
    wide = field_of_view(600, 800, (500.0, 500.0), (300.0, 400.0), Fisheye())
    assert wide == pytest.approx(2 * np.degrees(1.0))
    assert np.isnan(field_of_view(600, 800, (500.0,) * 2, (300.0, 400.0), BrownConrady(-0.3)))


def test_a_lens_ends_where_its_picture_is_widest():
    radius = 1 / sqrt(3 * 0.3)
    fold = 500 * radius * (1 - 0.3 * radius**2)
    assert end_of_lens((500.0, 500.0), BrownConrady(-0.3)) == pytest.approx(fold, abs=0.5)
    assert end_of_lens((100.0, 100.0), Fisheye()) == pytest.approx(100 * np.radians(110))
