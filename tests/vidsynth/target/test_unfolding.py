"""Unfolding finds the distribution that shrunken, noisy estimates come from."""

from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target.distances.wasserstein import binned_wasserstein, wasserstein
from vidsynth.target.quantities import BINS, QUANTITIES
from vidsynth.target.unfolding import Calibration, camera_value, mean_of_tracklet

DEPRESSION, AZIMUTH = QUANTITIES["depression"], QUANTITIES["azimuth"]


def shrunken(truth, rng, slope=0.5, noise=7.0, middle=30.0):
    return middle + slope * (truth - middle) + rng.normal(0, noise, len(truth))


@pytest.fixture
def calibration():
    rng = np.random.default_rng(0)
    truth = rng.uniform(-5, 65, 6000)
    return Calibration(DEPRESSION, truth, shrunken(truth, rng))


@pytest.mark.parametrize(("mean", "sd"), [(8, 4), (50, 5), (20, 12)])
def test_unfolding_is_nearer_to_the_truth_than_the_estimates(calibration, mean, sd):
    rng = np.random.default_rng(1)
    truth = np.clip(rng.normal(mean, sd, 500), -5, 65)
    estimates = shrunken(truth, rng)
    shares = calibration.response().unfold(estimates)
    assert shares.sum() == pytest.approx(1)
    true = np.bincount(DEPRESSION.bins(truth), minlength=BINS)
    off = binned_wasserstein(DEPRESSION.edges, shares, true)
    raw = wasserstein(truth, estimates)
    assert off < 3.5
    assert off < 0.6 * raw


def test_two_cameras_come_out_as_two(calibration):
    rng = np.random.default_rng(2)
    truth = np.where(rng.random(800) < 0.5, 8.0, 52.0) + rng.normal(0, 3, 800)
    shares = calibration.response().unfold(shrunken(truth, rng))
    middle = shares[(DEPRESSION.centres > 22) & (DEPRESSION.centres < 38)].sum()
    assert middle < 0.2
    assert shares[DEPRESSION.centres < 22].sum() == pytest.approx(0.5, abs=0.12)


def test_nothing_is_put_where_nothing_was_rendered(calibration):
    response = calibration.response()
    assert not response.known[-1]  # renders end at 65 of 70 degrees, bins are 5 wide
    assert response.unfold(np.full(50, 80.0))[-1] == 0
    assert np.allclose(response.matrix.sum(0), 1)


def test_steps_go_from_smooth_to_sharp(calibration):
    rng = np.random.default_rng(3)
    estimates = shrunken(np.full(400, 20.0), rng)
    peak = [calibration.response().unfold(estimates, steps=k).max() for k in (2, 20, 80)]
    assert peak[0] < peak[1] < peak[2]


def test_weights_count_as_repetitions(calibration):
    rng = np.random.default_rng(4)
    estimates = shrunken(rng.uniform(0, 60, 60), rng)
    counts = rng.integers(1, 4, 60)
    response = calibration.response()
    twice = response.unfold(np.repeat(estimates, counts))
    np.testing.assert_allclose(response.unfold(estimates, counts.astype(float)), twice)


def test_means_of_crops_have_a_narrower_response(calibration):
    alone = Calibration(DEPRESSION, calibration.truth, calibration.estimates, together=0.2)

    def width(response):
        inner = response.edges[1:-1]
        middle = np.concatenate([[inner[0]], (inner[1:] + inner[:-1]) / 2, [inner[-1]]])
        column = response.matrix[:, 8]
        return np.sqrt(column @ (middle - column @ middle) ** 2)

    one, eight, many = (width(alone.response(crops)) for crops in (1, 8, 1000))
    assert one > eight > many
    assert many > 0.3 * one  # what all crops have in common stays


def test_a_camera_is_known_better_than_its_crops(calibration):
    rng = np.random.default_rng(5)
    few = camera_value(calibration, shrunken(np.full(20, 12.0), rng))
    many = camera_value(calibration, shrunken(np.full(400, 12.0), rng))
    assert many[0] == pytest.approx(12, abs=2.5)
    assert many[1] < few[1]


def test_a_camera_is_told_by_renders_like_it():
    """Half of the renders are small crops, of which estimates are 10 degrees too steep."""
    rng = np.random.default_rng(9)
    truth, small = rng.uniform(-5, 65, 6000), np.arange(6000) % 2
    calibration = Calibration(DEPRESSION, truth, shrunken(truth, rng) + 10 * small)
    estimates = shrunken(np.full(300, 20.0), rng) + 10
    like = np.where(small, 1.0, 0.05)
    assert camera_value(calibration, estimates, renders=like)[0] == pytest.approx(20, abs=2.5)
    assert camera_value(calibration, estimates)[0] > 25
    averaged = Calibration(DEPRESSION, truth, calibration.estimates, together=0.3)
    value, _ = camera_value(averaged, estimates, 4, like)
    assert value == pytest.approx(20, abs=2.5)


def test_the_bootstrap_tells_how_sure(calibration):
    rng = np.random.default_rng(6)
    response = calibration.response()
    sizes = (50, 800)
    spread = []
    for size in sizes:
        estimates = shrunken(rng.normal(30, 8, size), rng)
        mean, sd = response.bootstrap(estimates, None, np.random.default_rng(0), rounds=30)
        assert mean.sum() == pytest.approx(1)
        spread.append(sd.sum())
    assert spread[1] < 0.6 * spread[0]


def test_angles_are_unfolded_on_the_circle():
    rng = np.random.default_rng(7)
    truth = rng.uniform(0, 360, 6000)
    calibration = Calibration(AZIMUTH, truth, (truth + rng.normal(0, 40, 6000)) % 360)
    target = rng.normal(0, 12, 600) % 360
    shares = calibration.response().unfold((target + rng.normal(0, 40, 600)) % 360)
    near = np.cos(np.radians(AZIMUTH.centres)) > np.cos(np.radians(46))
    assert shares[near].sum() > 0.85
    assert shares[0] + shares[-1] > 0.5
    value, _ = camera_value(calibration, (350 + rng.normal(0, 40, 400)) % 360)
    assert abs((value - 350 + 180) % 360 - 180) < 12


def test_the_mean_of_a_tracklet_goes_the_short_way_round():
    mean = mean_of_tracklet(np.array([340.0, 10.0, np.nan]), AZIMUTH)
    assert mean == pytest.approx(355)
    assert mean_of_tracklet(np.array([10.0, 20.0]), DEPRESSION) == 15
    assert np.isnan(mean_of_tracklet(np.array([np.nan]), DEPRESSION))
