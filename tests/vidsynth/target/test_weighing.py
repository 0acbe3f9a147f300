from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from vidsynth.target.distances import RandomFourier, mmd2
from vidsynth.target.distances.features import gram
from vidsynth.target.weighing import onto_simplex, weigh, weigh_broadly


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def objective(w: np.ndarray, kernel: np.ndarray, towards: np.ndarray, strength: float) -> float:
    return float(w @ kernel @ w / 2 - w @ towards + strength * len(w) * (w @ w) / 2)


def test_it_is_what_a_general_solver_finds(rng: np.random.Generator) -> None:
    pool, target = rng.normal(size=(25, 3)), rng.normal(1, 0.5, size=(40, 3))
    kernel, towards = gram(pool, pool, 1.5), gram(pool, target, 1.5).mean(1)
    for strength in (1e-3, 0.05):
        slow = optimize.minimize(
            objective,
            np.full(25, 1 / 25),
            (kernel, towards, strength),
            method="SLSQP",
            bounds=[(0, 1)] * 25,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"maxiter": 2000, "ftol": 1e-14},
        )
        found = weigh(kernel, towards, strength)
        assert found.gap < 1e-6
        assert objective(found.weights, kernel, towards, strength) <= slow.fun + 1e-7
        np.testing.assert_allclose(found.weights, slow.x, atol=1e-3)


def test_the_nearest_point_of_the_simplex(rng: np.random.Generator) -> None:
    for values in rng.normal(size=(20, 6)):
        weights = onto_simplex(values)
        assert weights.sum() == pytest.approx(1)
        assert weights.min() >= 0
        others = rng.dirichlet(np.ones(6), 300)
        assert np.sum((weights - values) ** 2) <= np.sum((others - values) ** 2, axis=1).min()


def test_weights_bring_a_pool_nearer_to_its_target(rng: np.random.Generator) -> None:
    pool = rng.normal(0, 1.5, size=(500, 8))
    target, others = rng.normal(0.8, 0.8, size=(2, 300, 8))
    cosines = RandomFourier(8, sigma=4.0)
    towards = cosines(pool) @ cosines.mean(target)
    found = weigh_broadly(gram(pool, pool, 4.0), towards)
    assert found.sample >= 50
    assert found.weights.sum() == pytest.approx(1)
    assert mmd2(pool, others, 4.0, found.weights) < 0.2 * mmd2(pool, others, 4.0)


def test_a_far_target_does_not_get_a_handful_of_images(rng: np.random.Generator) -> None:
    pool, target = rng.normal(size=(200, 4)), rng.normal(6, 0.1, size=(50, 4))
    kernel, towards = gram(pool, pool, 2.0), gram(pool, target, 2.0).mean(1)
    assert weigh(kernel, towards, 1e-6).sample < 20
    found = weigh_broadly(kernel, towards)
    assert 50 <= found.sample < 80


def test_a_pool_of_a_few_images_is_refused() -> None:
    with pytest.raises(ValueError, match="pool of 50 images"):
        weigh_broadly(np.eye(20), np.ones(20))
