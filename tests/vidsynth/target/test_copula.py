from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vidsynth.target.copula import disattenuated, nearest_correlation, quantiles, synthesised

EDGES = np.linspace(0, 16, 17)


def test_rows_have_the_histograms_that_were_asked_for() -> None:
    rng = np.random.default_rng(0)
    shares = rng.random(16)
    shares[[3, 9]] = 0
    even = np.ones(16)
    rows = synthesised([(EDGES, shares), (EDGES * 10, even)], np.array([[1, 0.6], [0.6, 1]]))
    for column, edges, wanted in ((0, EDGES, shares), (1, EDGES * 10, even)):
        found, _ = np.histogram(rows[:, column], edges)
        np.testing.assert_allclose(found / len(rows), wanted / wanted.sum(), atol=1.01 / len(rows))


def test_rows_go_together_as_they_were_measured_without_noise() -> None:
    rng = np.random.default_rng(2)
    truth = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], 4000)
    reliability = np.array([0.5, 0.8])
    noise = rng.standard_normal(truth.shape) * np.sqrt(1 / reliability - 1)
    estimates = truth + noise
    rho = stats.spearmanr(estimates).statistic
    assert rho < 0.5
    correlation = disattenuated(np.array([[1, rho], [rho, 1]]), reliability)
    rows = synthesised([(EDGES, np.ones(16))] * 2, correlation)
    assert stats.spearmanr(rows).statistic == pytest.approx(
        stats.spearmanr(truth).statistic, abs=0.05
    )


def test_equal_seeds_give_equal_rows() -> None:
    first, again, other = (
        synthesised([(EDGES, np.ones(16))] * 3, np.eye(3), rows=50, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_cannot_be_a_correlation_matrix_becomes_the_nearest_one() -> None:
    # Higham's own example.
    matrix = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    found = nearest_correlation(matrix)
    np.testing.assert_allclose(
        found, [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]], atol=1e-3
    )
    assert np.linalg.eigvalsh(found)[0] > 0
    already = np.array([[1, 0.3], [0.3, 1]])
    np.testing.assert_allclose(nearest_correlation(already), already)


def test_wild_estimates_still_give_rows() -> None:
    wild = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    correlation = disattenuated(wild, np.array([0.2, 0.3, 0.2]))
    assert np.isfinite(synthesised([(EDGES, np.ones(16))] * 3, correlation)).all()


def test_nothing_lies_in_an_empty_bin() -> None:
    values = quantiles(np.arange(4.0), np.array([1, 0, 1]), np.linspace(0, 1, 101))
    assert not np.any((values > 1) & (values < 2))
    assert values[0] == 0
    assert values[-1] == 3
