"""Where renders say nothing about a target, that is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.target.made_up_estimators import described, known, made_up_estimators
from vidsynth.target.domain import agreements, auc


@pytest.fixture
def trained(monkeypatch):
    monkeypatch.setattr("vidsynth.target.estimators.weights_mark", lambda: "made-up")
    return made_up_estimators()


def test_two_kinds_of_places_agree_about_crops_like_the_pools(trained):
    reading = trained.of(described(known(3).truth, 3))
    found = agreements(trained, reading)
    assert found["depression"].agrees
    assert found["depression"].difference < 0.3 * found["depression"].allowed


def test_a_quantity_on_which_they_differ_is_found(trained):
    reading = trained.of(described(known(3).truth, 3))
    halves = {half: dict(estimates) for half, estimates in reading.halves.items()}
    halves["photographs"]["gamma"] = halves["photographs"]["gamma"] + 1
    halves["photographs"]["azimuth"] = (halves["photographs"]["azimuth"] + 180) % 360
    found = agreements(trained, replace(reading, halves=halves))
    assert not found["gamma"].agrees
    assert found["depression"].agrees
    assert agreements(trained, replace(reading, halves={})) == {}


def test_the_classifier_tells_what_differs_and_nothing_else():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    a, b = rng.normal(size=(200, 6)), rng.normal(size=(200, 6))
    assert auc(a, b, groups, groups) == pytest.approx(0.5, abs=0.1)
    assert auc(a, b + 1.5, groups, groups) > 0.95


def test_crops_of_a_tracklet_do_not_tell_on_each_other():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(12), 10)
    own = [rng.normal(size=(12, 30))[groups] for _ in range(2)]
    assert auc(own[0], own[1], groups, groups) < 0.75
    assert auc(own[0][:10], own[1], groups[:10], groups) == 0.5
