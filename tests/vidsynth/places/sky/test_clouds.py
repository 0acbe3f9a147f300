from dataclasses import replace

import numpy as np
import pytest

from vidsynth.places.sky.clouds import cloudy_sky
from vidsynth.places.sky.light import daylight

NOON = daylight("noon", "sunny", False)


def sky(clouds, seed=0):
    return cloudy_sky(replace(NOON, clouds=clouds), np.random.default_rng(seed))


def covered(picture):
    """The share of the upper half that is brighter than a clear sky."""
    upper = slice(len(picture) // 2, None)
    return (picture[upper, :, 0] > sky(0.0)[upper, :, 0] + 0.02).mean()


def test_a_clear_sky_runs_from_the_horizon_to_the_zenith():
    clear = sky(0.0)
    middle = len(clear) // 2
    np.testing.assert_allclose(clear[-1].mean(0), NOON.zenith, atol=0.01)
    np.testing.assert_allclose(clear[middle - 1].mean(0), NOON.horizon, atol=0.01)
    assert (np.ptp(clear, axis=1) == 0).all()


def test_more_clouds_cover_more_of_it_and_each_draw_others():
    shares = [covered(sky(clouds)) for clouds in (0.3, 0.6, 1.0)]
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 0.1
    np.testing.assert_array_equal(sky(0.6), sky(0.6))
    assert not np.array_equal(sky(0.6), sky(0.6, seed=1))


def test_there_is_no_seam_where_the_picture_closes():
    picture = sky(0.6)
    inner = np.abs(np.diff(picture, axis=1)).mean()
    assert np.abs(picture[:, 0] - picture[:, -1]).mean() == pytest.approx(inner, rel=1.5)
