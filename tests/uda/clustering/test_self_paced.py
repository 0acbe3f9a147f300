"""Reliable groups are those of the authors' N x N formula."""

from __future__ import annotations

import numpy as np
import pytest

from uda.clustering.self_paced import disagreement, each_its_own, reliable


def matrix_disagreement(groups: np.ndarray, others: np.ndarray) -> np.ndarray:
    """As SpCL's code: sums over the smaller and larger of two N x N matrices of equal labels."""
    a = (groups[:, None] == groups[None, :]).astype(float)
    b = (others[:, None] == others[None, :]).astype(float)
    return 1 - np.minimum(a, b).sum(1) / np.maximum(a, b).sum(1)


@pytest.mark.parametrize("seed", range(5))
def test_disagreement_equals_the_matrix_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = each_its_own(rng.integers(-1, 6, 40))
    others = each_its_own(rng.integers(-1, 4, 40))
    np.testing.assert_allclose(disagreement(groups, others), matrix_disagreement(groups, others))


def test_outliers_are_groups_of_their_own() -> None:
    assert each_its_own(np.array([0, -1, 1, 0, -1])).tolist() == [0, 2, 1, 0, 3]
    assert each_its_own(np.array([-1, -1])).tolist() == [0, 1]


def test_a_group_that_looser_clustering_merges_falls_apart() -> None:
    groups = np.array([0, 0, 1, 1, 2, 2, 2])
    looser = np.array([0, 0, 0, 0, 1, 1, 1])
    found, limit = reliable(groups, groups, looser, limit=0.1)
    assert limit == 0.1
    assert len(set(found[:4].tolist())) == 4
    assert len(set(found[4:].tolist())) == 1


def test_a_member_that_stricter_clustering_drops_is_by_itself() -> None:
    groups = np.zeros(5, int)
    stricter = np.array([0, 0, 0, 0, -1])
    found, _ = reliable(groups, stricter, groups, limit=1.0)
    assert len(set(found[:4].tolist())) == 1
    assert found[4] != found[0]


def test_the_first_limit_leaves_out_the_least_independent_groups() -> None:
    """Ten pairs, of which looser clustering merges two: nine tenths of the scores stay."""
    groups = np.repeat(np.arange(10), 2)
    looser = np.where(groups == 9, 8, groups)
    found, limit = reliable(groups, groups, looser)
    assert limit == 0.5, "the tenth score of ten: the merged pairs' own"
    assert len(set(found.tolist())) == 10
    found, _ = reliable(groups, groups, looser, limit=0.4)
    assert len(set(found.tolist())) == 8 + 4


def test_nothing_but_outliers_sets_a_limit_of_one() -> None:
    alone = np.full(3, -1)
    found, limit = reliable(alone, alone, alone)
    assert found.tolist() == [0, 1, 2]
    assert limit == 1.0
