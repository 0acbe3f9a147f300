from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vidsynth.target.distances import (
    binned_sd,
    binned_wasserstein,
    circular_wasserstein,
    sliced_wasserstein,
    wasserstein,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_moving_a_sample_moves_it_by_that_much(rng: np.random.Generator) -> None:
    sample = rng.normal(20, 5, 300)
    assert wasserstein(sample, sample + 3) == pytest.approx(3)


def test_weights_are_as_good_as_copies(rng: np.random.Generator) -> None:
    u, v, copies = rng.normal(size=12), rng.normal(size=9), rng.integers(1, 5, 12)
    assert wasserstein(u, v, copies) == pytest.approx(wasserstein(np.repeat(u, copies), v))
    u, v = u * 60, v * 60
    assert circular_wasserstein(u, v, copies) == pytest.approx(
        circular_wasserstein(np.repeat(u, copies), v)
    )


def test_on_a_circle_it_is_the_least_over_all_cuts(rng: np.random.Generator) -> None:
    u, v = rng.uniform(0, 360, 15), rng.normal(350, 40, 11) % 360
    cuts = np.concatenate([u, v]) + 1e-9
    by_cutting = min(stats.wasserstein_distance((u - cut) % 360, (v - cut) % 360) for cut in cuts)
    assert circular_wasserstein(u, v) == pytest.approx(by_cutting, rel=1e-6)


def test_north_is_near_to_north() -> None:
    assert circular_wasserstein(np.array([359.0]), np.array([1.0])) == pytest.approx(2)
    assert circular_wasserstein(np.array([-0.1]), np.array([0.2]), period=1) == pytest.approx(0.3)


def test_histograms_are_as_far_apart_as_samples_of_them(rng: np.random.Generator) -> None:
    edges = np.linspace(-5, 65, 17)
    p, q = rng.random(16), rng.random(16)

    def filled(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inside = (np.arange(500) + 0.5) / 500
        values = edges[:-1, None] + inside * np.diff(edges)[:, None]
        return values.ravel(), np.repeat(shares, 500)

    (u, u_weights), (v, v_weights) = filled(p), filled(q)
    assert binned_wasserstein(edges, p, q) == pytest.approx(
        stats.wasserstein_distance(u, v, u_weights, v_weights), rel=1e-3
    )
    assert binned_wasserstein(edges, p, q, circular=True) == pytest.approx(
        circular_wasserstein(u, v, u_weights, v_weights, period=70), rel=1e-2
    )
    assert binned_sd(edges, p) == pytest.approx(
        np.sqrt(np.cov(u, aweights=u_weights, ddof=0)), rel=1e-3
    )


def test_a_circle_of_bins_has_no_ends() -> None:
    edges = np.linspace(0, 360, 17)
    first, last = np.eye(16)[0], np.eye(16)[15]
    assert binned_wasserstein(edges, first, last, circular=True) == pytest.approx(22.5, rel=1e-2)
    assert binned_sd(edges, first + last, circular=True) < 15


def test_slices_see_what_margins_do_not(rng: np.random.Generator) -> None:
    x = rng.standard_normal((800, 2))
    together = np.stack([x[:, 0], 0.95 * x[:, 0] + 0.3 * x[:, 1]], axis=1)
    apart = np.stack([together[:, 0], rng.permutation(together[:, 1])], axis=1)
    same = sliced_wasserstein(together[:400], together[400:])
    assert sliced_wasserstein(together[:400], apart[400:]) > 2 * same
    assert sliced_wasserstein(x, x + np.array([3, 0])) == pytest.approx(
        3 * np.mean(np.abs(np.cos(np.linspace(0, np.pi, 999)))), rel=0.1
    )
