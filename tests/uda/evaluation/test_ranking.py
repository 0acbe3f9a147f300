"""Exact ranking against the field's reference: a stable argsort, row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uda.evaluation.ranking import evaluate, evaluate_blocks

Reference = tuple[dict[int, float], float, float, list[float]]
RANKS = (1, 5, 10, 20)


def by_sorting(
    distances: np.ndarray,
    query_ids: np.ndarray,
    gallery_ids: np.ndarray,
    query_cameras: np.ndarray,
    gallery_cameras: np.ndarray,
) -> Reference:
    """CMC, mAP, mINP and every query's AP as deep-person-reid and fast-reid compute them."""
    hits = dict.fromkeys(RANKS, 0)
    precisions, penalties = [], []
    for row, person, camera in zip(distances, query_ids, query_cameras, strict=True):
        order = np.argsort(row, kind="stable")
        kept = order[(gallery_ids[order] != person) | (gallery_cameras[order] != camera)]
        matches = gallery_ids[kept] == person
        if not matches.any():
            precisions.append(float("nan"))
            continue
        for k in RANKS:
            hits[k] += bool(matches[:k].any())
        places = np.flatnonzero(matches)
        precisions.append(float(np.mean(matches.cumsum()[places] / (places + 1))))
        penalties.append(len(places) / (places[-1] + 1))
    count = len(penalties)
    cmc = {k: hits[k] / count for k in RANKS}
    return cmc, float(np.nanmean(precisions)), float(np.mean(penalties)), precisions


def random_case(seed: int, queries: int, gallery: int, people: int, levels: int) -> tuple:
    """Distances take ``levels`` values, so that few levels mean many ties."""
    rng = np.random.default_rng(seed)
    distances = rng.integers(levels, size=(queries, gallery)).astype(np.float32) / levels
    ids = [rng.integers(people, size=n) for n in (queries, gallery)]
    cameras = [rng.integers(3, size=n) for n in (queries, gallery)]
    ids[0][0], ids[1][0], cameras[0][0], cameras[1][0] = 0, 0, 0, 1
    return distances, *ids, *cameras


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32),
    queries=st.integers(1, 12),
    gallery=st.integers(1, 40),
    people=st.integers(1, 8),
    levels=st.sampled_from([1, 2, 5, 1000]),
)
def test_equals_sorting_ties_included(
    seed: int, queries: int, gallery: int, people: int, levels: int
) -> None:
    case = random_case(seed, queries, gallery, people, levels)
    result = evaluate(*case)
    cmc, mean_ap, mean_inp, precisions = by_sorting(*case)
    assert result.cmc == pytest.approx(cmc, abs=1e-12)
    assert result.mean_ap == pytest.approx(mean_ap, abs=1e-12)
    assert result.mean_inp == pytest.approx(mean_inp, abs=1e-12)
    np.testing.assert_allclose(result.per_query_ap, precisions, atol=1e-12)
    assert result.evaluated + result.without_match == queries
    assert result.without_match == int(np.isnan(precisions).sum())


def test_a_hand_made_ranking() -> None:
    result = evaluate(
        np.array([[0.3, 0.1, 0.2, 0.4, 0.0]]), [7], [7, 8, 7, 7, 7], [1], [2, 2, 3, 2, 1]
    )
    # The nearest entry is the same person under the same camera: left out. Left: 8 7 7 7.
    assert result.cmc == {1: 0, 5: 1, 10: 1, 20: 1}
    assert result.mean_ap == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 3)
    assert result.mean_inp == pytest.approx(3 / 4)


def test_blocks_give_what_the_whole_gives() -> None:
    case = random_case(0, 23, 50, 6, 1000)
    whole = evaluate(*case)
    blocks = evaluate_blocks(np.array_split(case[0], 4), *case[1:])
    assert (blocks.cmc, blocks.mean_ap, blocks.mean_inp) == (
        whole.cmc,
        whole.mean_ap,
        whole.mean_inp,
    )


def test_unknown_cameras_exclude_nothing() -> None:
    distances = np.array([[0.1, 0.2]])
    assert evaluate(distances, [1], [1, 2], None, None).cmc[1] == 1
    assert evaluate(distances, [1], [1, 2], [None], [None, None]).cmc[1] == 1


def test_queries_without_a_match_are_counted_not_scored() -> None:
    result = evaluate(np.array([[0.1, 0.2], [0.1, 0.2]]), [1, 9], [1, 2], [1, 1], [2, 2])
    assert (result.evaluated, result.without_match) == (1, 1)
    assert result.mean_ap == 1
    assert np.isnan(result.per_query_ap[1])


def test_broken_input_is_refused() -> None:
    nan = np.array([[0.1, 0.2], [np.nan, 0.2]])
    with pytest.raises(ValueError, match="1 queries have NaN distances, the first is query 1"):
        evaluate(nan, [1, 1], [1, 2], None, None)
    with pytest.raises(ValueError, match="nothing to rank: 1 queries, 0 gallery"):
        evaluate(np.zeros((1, 0)), [1], [], None, None)
    with pytest.raises(ValueError, match=r"expected distances \(Q, 2\), found \(2, 1\)"):
        evaluate(np.zeros((2, 1)), [1, 1], [1, 2], None, None)
    with pytest.raises(ValueError, match="expected distances of 2 queries, found 1"):
        evaluate(np.zeros((1, 2)), [1, 1], [1, 2], None, None)
    with pytest.raises(ValueError, match="expected distances of 1 queries, found 2"):
        evaluate(np.zeros((2, 2)), [1], [1, 2], None, None)
    with pytest.raises(ValueError, match="expected 2 gallery cameras, found 1"):
        evaluate(np.zeros((1, 2)), [1], [1, 2], [1], [1])
    with pytest.raises(ValueError, match="no query has a match"):
        evaluate(np.zeros((1, 2)), [3], [1, 2], None, None)
