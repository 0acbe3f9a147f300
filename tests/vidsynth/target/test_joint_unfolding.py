"""Quantities whose responses depend on each other are unfolded together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.target.made_up_estimators import made_up_estimators
from vidsynth.target.calibrating import Trust
from vidsynth.target.distances.wasserstein import binned_wasserstein
from vidsynth.target.joint_unfolding import renders_like, unfold_together
from vidsynth.target.quantities import BINS, QUANTITIES

GOOD = Trust(0.7, 0.7, 1.0, 2.0, float("nan"), "unfold")


def estimate(truth, rng):
    """Quality is read off too low in small crops."""
    noise, height = truth["noise"], truth["log_height"]
    return {
        "log_height": height + rng.normal(0, 0.2, len(height)),
        "noise": noise * 0.6 + 2.5 * (height - 4.8) + rng.normal(0, 1.0, len(height)),
    }


@pytest.fixture
def trained(monkeypatch):
    monkeypatch.setattr("vidsynth.target.estimators.weights_mark", lambda: "made-up")
    rng = np.random.default_rng(0)
    truth = {"log_height": rng.uniform(3.4, 6.2, 8000), "noise": rng.uniform(0, 16, 8000)}
    return replace(
        made_up_estimators(), names=tuple(truth), truth=truth, held_out=estimate(truth, rng),
        tracklet=np.arange(8000), trust=dict.fromkeys(truth, GOOD),
    )  # fmt: skip


def test_it_is_nearer_than_one_by_one_where_both_are_shifted(trained):
    rng = np.random.default_rng(1)
    truth = {"log_height": rng.normal(4.0, 0.15, 600), "noise": rng.normal(8, 1.5, 600)}
    estimates = estimate(truth, rng)
    quantity = QUANTITIES["noise"]
    alone = trained.calibrations["noise"].response().unfold(estimates["noise"])
    together = unfold_together(trained, estimates)["noise"]
    true = np.bincount(quantity.bins(truth["noise"]), minlength=BINS)
    off = [binned_wasserstein(quantity.edges, shares, true) for shares in (alone, together)]
    assert off[1] < 0.6 * off[0]


def test_what_is_refused_is_left_out(trained):
    refused = replace(trained, trust=trained.trust | {"noise": replace(GOOD, verdict="refuse")})
    rng = np.random.default_rng(2)
    truth = {"log_height": rng.normal(4.5, 0.2, 100), "noise": rng.uniform(0, 16, 100)}
    assert set(unfold_together(refused, estimate(truth, rng))) == {"log_height"}


@pytest.mark.parametrize("looks", [1, 4])
def test_a_response_is_of_renders_and_not_of_their_looks(trained, looks):
    """Four looks of a render have its person, view and light in common."""
    target = {"log_height": np.eye(BINS)[4], "noise": np.full(BINS, 1 / BINS)}
    weights = renders_like(replace(trained, looks=looks), target)["noise"]
    sample = weights.sum() ** 2 / (weights**2).sum()
    assert sample >= 400 * looks
