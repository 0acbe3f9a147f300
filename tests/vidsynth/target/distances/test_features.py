from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target.distances import RandomFourier, domain_auc, kernel_mean_distance, kid, mmd2


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def by_pairs(x: np.ndarray, y: np.ndarray, kernel) -> float:
    within = [
        np.mean([kernel(a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j])
        for z in (x, y)
    ]
    return sum(within) - 2 * np.mean([kernel(a, b) for a in x for b in y])


def test_mmd_is_the_mean_over_pairs(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(9, 4)), rng.normal(0.5, 1, size=(7, 4))
    expected = by_pairs(x, y, lambda a, b: np.exp(-np.sum((a - b) ** 2) / (2 * 1.5**2)))
    assert mmd2(x, y, 1.5) == pytest.approx(expected)
    expected = by_pairs(x, y, lambda a, b: (a @ b / 4 + 1) ** 3)
    assert kid(x, y) == pytest.approx(expected)


def test_kid_is_of_pairs_of_different_tracklets(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(9, 4)), rng.normal(0.5, 1, size=(7, 4))
    often, groups = rng.integers(1, 5, 9), np.arange(9)
    found = kid(np.repeat(x, often, 0), y, np.repeat(groups, often), np.arange(7))
    assert found == pytest.approx(kid(x, y))


def test_mmd_has_no_bias(rng: np.random.Generator) -> None:
    found = [mmd2(*rng.normal(size=(2, 20, 3)), 2.0) for _ in range(300)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))


def test_a_kernel_mean_stands_for_its_set(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(400, 64)), rng.normal(0.3, 1, size=(300, 64))
    cosines = RandomFourier(64, sigma=8.0, features=8192)
    found = kernel_mean_distance(cosines.mean(x), cosines.mean(y), 400, 300)
    assert found == pytest.approx(mmd2(x, y, 8.0), rel=0.1)
    again = RandomFourier(64, sigma=8.0, features=8192).mean(x)
    np.testing.assert_array_equal(again, cosines.mean(x))


def test_a_kernel_mean_of_tracklets_has_no_bias(rng: np.random.Generator) -> None:
    cosines, groups = RandomFourier(16, sigma=4.0), np.repeat(np.arange(30), 4)
    found, taken_for_crops = [], []
    for _ in range(60):
        sets = [
            np.repeat(rng.normal(size=(30, 16)), 4, 0) + rng.normal(size=(120, 16)) for _ in "ab"
        ]
        means = [cosines.mean(x) for x in sets]
        alike = [cosines.alike(x, groups) for x in sets]
        found.append(kernel_mean_distance(*means, 30, 30, *alike))
        taken_for_crops.append(kernel_mean_distance(*means, 30, 30))
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found)) < 3 * error
    assert np.mean(taken_for_crops) < -10 * error
    assert cosines.alike(sets[0], np.arange(120)) == pytest.approx(1, abs=0.02)


def test_a_classifier_tells_sets_apart_only_where_they_are(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(2, 120, 6))
    groups = np.repeat(np.arange(24), 5)
    assert domain_auc(x, y + 2, groups, groups) > 0.95
    assert 0.3 < domain_auc(x, y, groups, groups) < 0.7


def test_it_is_not_asked_about_whom_it_knows(rng: np.random.Generator) -> None:
    # Frames of one tracklet are alike: learnt by heart, they would tell the sets apart.
    groups = np.repeat(np.arange(20), 10)
    faces = rng.normal(size=(40, 30)) * 3
    x, y = (some[groups] + 0.01 * rng.normal(size=(200, 30)) for some in (faces[:20], faces[20:]))
    assert domain_auc(x, y, groups, groups) < 0.8
    assert domain_auc(x, y, np.arange(200), np.arange(200)) > 0.95


def test_one_group_cannot_be_asked(rng: np.random.Generator) -> None:
    x = rng.normal(size=(6, 3))
    with pytest.raises(ValueError, match="two groups"):
        domain_auc(x, x, np.zeros(6), np.arange(6))
