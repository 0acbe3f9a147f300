"""The exact single-gallery-shot scores against drawing galleries, all of them or many."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from uda.evaluation.ranking import evaluate
from uda.evaluation.single_shot import _mean_reciprocal

RANKS = (1, 2, 3, 5)


def small_case(seed: int, levels: int) -> tuple:
    rng = np.random.default_rng(seed)
    distances = rng.integers(levels, size=(4, 11)) / levels
    people = np.array([3, 3, 5, 7, 7, 7, 5, -1, 8, 8, 3])
    cameras = [rng.integers(2, size=n) for n in (4, 11)]
    cameras[0][0], cameras[1][0] = 0, 1
    return distances, np.array([3, 7, 5, 8]), people, *cameras


def drawn_rank(case: tuple, query: int, chosen: Iterable[int]) -> int:
    """The 1-based rank of the query's own identity among the entries chosen."""
    distances, people, others, *_ = case
    ranking = sorted(chosen, key=lambda entry: (distances[query][entry], entry))
    return 1 + [others[entry] == people[query] for entry in ranking].index(True)


def shots(case: tuple, query: int) -> list[list[int]]:
    """The entries that may be drawn for every identity; none where the query has no match."""
    _, people, others, cameras, elsewhere = case
    allowed = (others != people[query]) | (elsewhere != cameras[query])
    if not (allowed & (others == people[query])).any():
        return []
    found = [np.flatnonzero(allowed & (others == person)) for person in np.unique(others)]
    return [entries.tolist() for entries in found if len(entries)]


@pytest.mark.parametrize("levels", [1, 3, 1000])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_equals_the_mean_over_every_possible_gallery(seed: int, levels: int, kind: Any) -> None:
    case = small_case(seed, levels)
    found = evaluate(kind(case[0]), *case[1:], ranks=RANKS, single_shot=True)
    curves, reciprocals = [], []
    for query in range(4):
        choices = shots(case, query)
        if not choices:
            reciprocals.append(np.nan)
            continue
        ranks = np.array([drawn_rank(case, query, chosen) for chosen in product(*choices)])
        curves.append([(ranks <= k).mean() for k in RANKS])
        reciprocals.append((1 / ranks).mean())
    np.testing.assert_allclose(list(found.cmc.values()), np.mean(curves, 0), atol=1e-12)
    np.testing.assert_allclose(found.per_query_ap, reciprocals, atol=1e-12)
    assert found.mean_ap == found.mean_inp == pytest.approx(np.nanmean(reciprocals))
    assert found.without_match == int(np.isnan(reciprocals).sum())


def test_draws_come_close() -> None:
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(40), 5)
    distances = rng.random((20, 200)) + (np.arange(20)[:, None] != people) * 0.2
    labels = np.arange(20), people, np.zeros(20, int), np.ones(200, int)
    exact = evaluate(distances, *labels, ranks=RANKS, single_shot=True)
    ranks = []
    for _ in range(1500):
        chosen = np.arange(40) * 5 + rng.integers(5, size=40)
        shown = distances[:, chosen]
        ranks.append(1 + (shown < shown[np.arange(20), np.arange(20)][:, None]).sum(1))
    drawn = np.array(ranks)
    for k in RANKS:
        assert exact.cmc[k] == pytest.approx((drawn <= k).mean(), abs=0.015)
    assert exact.mean_ap == pytest.approx((1 / drawn).mean(), abs=0.01)


def test_with_one_entry_per_identity_there_is_nothing_to_draw() -> None:
    distances = np.random.default_rng(0).random((30, 30))
    labels = np.arange(30), np.arange(30), None, None
    plain = evaluate(distances, *labels)
    single = evaluate(distances, *labels, single_shot=True)
    assert single.cmc == pytest.approx(plain.cmc, abs=1e-12)
    np.testing.assert_allclose(single.per_query_ap, plain.per_query_ap, atol=1e-12)


@pytest.mark.parametrize("identities", [1, 5, 100, 3000])
def test_the_mean_reciprocal_is_exact_for_many_identities(identities: int) -> None:
    rng = np.random.default_rng(identities)
    chances = rng.random((6, identities))
    chances[1] = 0
    chances[2] = 1
    chances[3] = 1e-3
    chances[4] = np.round(chances[4])
    chances[5] **= 8
    exactly = np.zeros((6, identities + 1))
    exactly[:, 0] = 1
    for chance in chances.T[:, :, None]:
        exactly[:, 1:] = exactly[:, 1:] * (1 - chance) + exactly[:, :-1] * chance
        exactly[:, :1] *= 1 - chance
    expected = exactly @ (1 / np.arange(1, identities + 2))
    np.testing.assert_allclose(_mean_reciprocal(chances), expected, rtol=1e-12, atol=1e-13)
