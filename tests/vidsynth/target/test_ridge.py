"""Cross-fitted ridge regression, against a plain one that leaves people and places out itself."""

from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target.ridge import FOLDS, LAMBDAS, cross_fit, folds


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    count = 240
    people, places = np.repeat(np.arange(24), 10), np.tile(np.arange(10), 24)
    design = rng.normal(size=(count, 12)) + rng.normal(size=(24, 12))[people]
    targets = design @ rng.normal(size=(12, 3)) + rng.normal(size=(count, 3))
    return design, targets, folds(people), folds(places)


def test_a_row_is_predicted_without_its_person_and_its_place(data):
    design, targets, people, places = data
    found = cross_fit(design, targets, people, places)
    middle, offset = design.mean(0), targets.mean(0)
    scale = np.trace((design - middle).T @ (design - middle)) / design.shape[1]
    for row in (0, 100, 239):
        others = (people != people[row]) & (places != places[row])
        assert others.mean() > 0.7, "what is held out is told by nearly as much as the fit of all"
        x, y = design[others] - middle, targets[others] - offset
        for output in range(3):
            penalty = found.penalty[output] * scale
            weights = np.linalg.solve(x.T @ x + penalty * np.eye(12), x.T @ y[:, output])
            expected = (design[row] - middle) @ weights + offset[output]
            assert found.held_out[row, output] == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_the_fit_of_all_rows_is_ridge_regression(data):
    design, targets, people, places = data
    found = cross_fit(design, targets, people, places)
    middle = design.mean(0)
    x, y = design - middle, targets - targets.mean(0)
    penalty = found.penalty[0] * np.trace(x.T @ x) / 12
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(12), x.T @ y[:, 0])
    np.testing.assert_allclose(found.weights[:, 0], weights, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        design @ found.weights + found.offset, x @ found.weights + targets.mean(0)
    )


def test_the_penalty_grows_with_what_cannot_be_told(data):
    design, targets, people, places = data
    noise = np.random.default_rng(1).normal(size=(len(design), 1))
    found = cross_fit(design, np.hstack([targets[:, :1], noise]), people, places)
    assert found.penalty[0] < found.penalty[1]
    assert set(found.penalty) <= set(LAMBDAS)


def test_rows_without_a_truth_are_left_to_the_others(data):
    design, targets, people, places = data
    part = targets.copy()
    part[::3, 1] = np.nan
    found = cross_fit(design, part, people, places)
    assert np.isnan(found.held_out[::3, 1]).all()
    assert np.isfinite(found.held_out[:, 0]).all()
    alone = cross_fit(np.delete(design, np.s_[::3], 0), np.delete(targets, np.s_[::3], 0)[:, 1:2],
                      np.delete(people, np.s_[::3]), np.delete(places, np.s_[::3]))  # fmt: skip
    np.testing.assert_allclose(found.weights[:, 1], alone.weights[:, 0])


def test_rows_that_count_nothing_change_nothing(data):
    design, targets, people, places = data
    counts = np.ones(len(design))
    counts[::4] = 0
    wild = targets.copy()
    wild[::4] += 100
    same = cross_fit(design, targets, people, places, counts)
    np.testing.assert_allclose(
        cross_fit(design, wild, people, places, counts).weights, same.weights
    )


def test_folds_are_of_whole_groups_and_about_equal():
    groups = np.repeat(np.arange(40), np.arange(1, 41))
    found = folds(groups)
    assert all(len(set(found[groups == group])) == 1 for group in range(40))
    sizes = np.bincount(found, minlength=FOLDS)
    assert sizes.max() < 1.1 * sizes.min()
