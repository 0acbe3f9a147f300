from __future__ import annotations

import numpy as np
import pytest
from reid_models.frechet import frechet_distance, moments
from scipy import linalg
from sklearn.covariance import ledoit_wolf


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_it_is_the_published_formula(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(900, 8)), rng.normal(0.4, 1.3, size=(700, 8)) @ rng.normal(size=(8, 8))
    a, b = np.cov(x.T), np.cov(y.T)
    cross = linalg.sqrtm(a @ b).real
    expected = np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(a + b - 2 * cross)
    assert frechet_distance(moments(x), moments(y)) == pytest.approx(expected, rel=1e-6)


def test_few_samples_are_shrunk_as_ledoit_and_wolf_do(rng: np.random.Generator) -> None:
    x = rng.normal(size=(60, 12)) @ rng.normal(size=(12, 12))
    expected, shrinkage = ledoit_wolf(x)
    found = moments(x)
    assert found.shrinkage == pytest.approx(shrinkage)
    np.testing.assert_allclose(found.cov, expected)
    assert moments(rng.normal(size=(640, 12))).shrinkage == 0


def test_weights_are_as_good_as_copies(rng: np.random.Generator) -> None:
    x, copies = rng.normal(size=(40, 3)) * [1, 2, 4], rng.integers(1, 4, 40)
    weighted, copied = moments(x, copies), moments(np.repeat(x, copies, axis=0))
    np.testing.assert_allclose(weighted.mean, copied.mean)
    # Copies are not new samples: there are fewer, so that the covariance is shrunk more.
    assert weighted.count < 40 < copied.count
    assert weighted.shrinkage > copied.shrinkage
    np.testing.assert_allclose(
        moments(x, copies, enough=2).cov * (1 - (copies @ copies) / copies.sum() ** 2),
        np.cov(np.repeat(x, copies, axis=0).T, ddof=0),
    )


def test_crops_of_a_tracklet_are_one_sample(rng: np.random.Generator) -> None:
    x = rng.normal(size=(60, 12)) @ rng.normal(size=(12, 12))
    alone, frames = moments(x), moments(np.repeat(x, 11, 0), groups=np.repeat(np.arange(60), 11))
    assert frames.count == pytest.approx(60)
    assert frames.shrinkage == pytest.approx(alone.shrinkage)
    np.testing.assert_allclose(frames.cov, alone.cov)
    assert moments(np.repeat(x, 11, 0)).shrinkage == 0


def test_a_set_is_at_no_distance_from_itself(rng: np.random.Generator) -> None:
    flat = rng.normal(size=(700, 3)) @ rng.normal(size=(3, 20))  # of rank 3
    assert frechet_distance(moments(flat), moments(flat)) == pytest.approx(0, abs=1e-6)


def test_one_sample_has_no_covariance() -> None:
    with pytest.raises(ValueError, match="two samples or more"):
        moments(np.zeros((1, 4)))
