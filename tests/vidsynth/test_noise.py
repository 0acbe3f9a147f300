import numpy as np
import pytest

from vidsynth.noise import looked_up, tile


@pytest.fixture(scope="module")
def picture():
    return tile(np.random.default_rng(3), 64, (0.5, 0.2))


def test_it_is_between_0_and_1_about_its_middle_and_equal_for_equal_generators(picture):
    assert picture.shape == (64, 64)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert picture.mean() == pytest.approx(0.5, abs=0.02)
    assert picture.std() > 0.1
    np.testing.assert_array_equal(picture, tile(np.random.default_rng(3), 64, (0.5, 0.2)))


def test_it_goes_on_at_the_opposite_edge(picture):
    inner = np.abs(np.diff(picture, axis=0)).mean(), np.abs(np.diff(picture, axis=1)).mean()
    assert np.abs(picture[0] - picture[-1]).mean() < 1.5 * inner[0]
    assert np.abs(picture[:, 0] - picture[:, -1]).mean() < 1.5 * inner[1]


def test_waves_are_longer_down_than_across(picture):
    down, across = (np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1))
    assert across > 1.3 * down


def test_looking_up_meets_the_pixels_and_wraps(picture):
    rows, columns = np.array([0, 5, 63]), np.array([7, 0, 63])
    found = looked_up(picture, columns / 64, rows / 64)
    np.testing.assert_allclose(found, picture[rows, columns], atol=1e-6)
    np.testing.assert_allclose(
        looked_up(picture, columns / 64 - 3, rows / 64 + 2), found, atol=1e-6
    )
    between = looked_up(picture, np.array([7.5 / 64]), np.array([0.0]))[0]
    assert between == pytest.approx((picture[0, 7] + picture[0, 8]) / 2, abs=1e-6)
