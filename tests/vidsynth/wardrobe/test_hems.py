import numpy as np
import pytest

from vidsynth.wardrobe.hems import free_hem


def ring(height, count=40):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([0.1 * np.cos(angle), 0.1 * np.sin(angle), np.full(count, height)])


@pytest.fixture
def skirt():
    return np.vstack([ring(h) for h in np.arange(0.2, 0.5, 0.01)])


def test_an_undisturbed_hem_stays_where_it_is(skirt):
    hem = free_hem(skirt, np.arange(len(skirt)), 1.7)
    posed = 1.7 * skirt
    hem.straighten(posed)
    np.testing.assert_allclose(posed, 1.7 * skirt, atol=1e-3)


def test_a_hem_that_a_leg_lifts_becomes_more_level_and_no_longer(skirt):
    hem = free_hem(skirt, np.arange(len(skirt)), 1.7)
    posed = 1.7 * skirt
    posed[:, 2] += 0.2 * skirt[:, 1]
    before = posed.copy()
    hem.straighten(posed)
    low = skirt[:, 2] < 0.205
    assert np.ptp(posed[low, 2]) < 0.75 * np.ptp(before[low, 2])
    assert posed[low, 2].mean() == pytest.approx(before[low, 2].mean(), abs=2e-3)
    np.testing.assert_array_equal(posed[:, :2], before[:, :2])
    np.testing.assert_array_equal(posed[skirt[:, 2] > 0.45], before[skirt[:, 2] > 0.45])


def test_a_jacket_has_no_hem_that_hangs(skirt):
    assert free_hem(skirt + np.array([0, 0, 0.4]), np.arange(len(skirt)), 1.7) is None
