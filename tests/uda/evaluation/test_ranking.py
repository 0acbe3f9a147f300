"""Exact ranking against the field's reference: a stable argsort, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from uda.evaluation.matches import Matches
from uda.evaluation.ranking import RankingResult, _rank, evaluate

RANKS = (1, 2, 5, 10, 20)
MODES = ("general", "same", "changed")


def by_argsort(
    distances: np.ndarray,
    query_ids: Any,
    gallery_ids: Any,
    query_cameras: Any,
    gallery_cameras: Any,
    query_clothes: Any = None,
    gallery_clothes: Any = None,
    clothes: str = "general",
) -> tuple[dict[int, float], float, float, list[float], list[list[int]]]:
    """CMC, mAP, mINP, every query's AP and its ranking, one entry after another."""
    hits = dict.fromkeys(RANKS, 0)
    precisions, penalties, rankings = [], [], []
    for query, row in enumerate(distances):
        kept = []
        for entry in np.argsort(row, kind="stable").tolist():
            own = query_ids[query] == gallery_ids[entry]
            camera = None if query_cameras is None else query_cameras[query]
            known = camera is not None and gallery_cameras is not None
            if own and known and camera == gallery_cameras[entry]:
                continue
            if own and clothes != "general":
                alike = query_clothes[query] == gallery_clothes[entry]
                if alike == (clothes == "changed"):
                    continue
            kept.append(entry)
        rankings.append(kept)
        found = [i for i, entry in enumerate(kept) if gallery_ids[entry] == query_ids[query]]
        if not found:
            precisions.append(float("nan"))
            continue
        for k in RANKS:
            hits[k] += found[0] < k
        precisions.append(sum((n + 1) / (i + 1) for n, i in enumerate(found)) / len(found))
        penalties.append(len(found) / (found[-1] + 1))
    cmc = {k: hits[k] / len(penalties) for k in RANKS}
    mean_ap = float(np.nanmean(precisions))
    return cmc, mean_ap, float(np.mean(penalties)), precisions, rankings


def assert_equal(result: RankingResult, case: tuple, **options: Any) -> None:
    cmc, mean_ap, mean_inp, precisions, rankings = by_argsort(*case, **options)
    assert result.cmc == pytest.approx(cmc, abs=1e-12)
    assert result.mean_ap == pytest.approx(mean_ap, abs=1e-12)
    assert result.mean_inp == pytest.approx(mean_inp, abs=1e-12)
    np.testing.assert_allclose(result.per_query_ap, precisions, atol=1e-12)
    assert result.without_match == int(np.isnan(precisions).sum())
    assert result.evaluated + result.without_match == len(case[0])
    if result.nearest is not None:
        for nearest, ranking in zip(result.nearest, rankings, strict=True):
            assert nearest.tolist() == ranking[:7]


def random_case(
    seed: int, queries: int, gallery: int, people: int, levels: int, dtype: Any = np.float32
) -> tuple:
    """Distances take ``levels`` values, so that few levels mean many ties."""
    rng = np.random.default_rng(seed)
    distances = (rng.integers(levels, size=(queries, gallery)) / levels - 0.3).astype(dtype)
    ids = [rng.integers(people, size=n) - 2 for n in (queries, gallery)]
    cameras = [rng.integers(3, size=n) for n in (queries, gallery)]
    ids[0][0], ids[1][0], cameras[0][0], cameras[1][0] = 0, 0, 0, 1
    return distances, *ids, *cameras


def clothes_for(case: tuple, seed: int, mode: str) -> dict[str, Any]:
    """One of two sets of clothes for everybody; the first query keeps its match."""
    rng = np.random.default_rng(seed + 1)
    query, gallery = (rng.integers(2, size=len(ids)) for ids in case[1:3])
    query[0], gallery[0] = 0, 1 if mode == "changed" else 0
    return {"query_clothes": query, "gallery_clothes": gallery, "clothes": mode}


@settings(deadline=None, max_examples=200)
@given(
    seed=st.integers(0, 2**32),
    queries=st.integers(1, 12),
    gallery=st.integers(1, 40),
    people=st.integers(1, 8),
    levels=st.sampled_from([1, 2, 5, 1000]),
    dtype=st.sampled_from([np.float16, np.float32, np.float64]),
    mode=st.sampled_from(MODES),
    tensor=st.booleans(),
)
def test_equals_sorting_ties_included(
    seed: int,
    queries: int,
    gallery: int,
    people: int,
    levels: int,
    dtype: Any,
    mode: str,
    tensor: bool,
) -> None:
    case = random_case(seed, queries, gallery, people, levels, dtype)
    options = clothes_for(case, seed, mode)
    given_ = tuple(map(torch.from_numpy, case)) if tensor else case
    assert_equal(evaluate(*given_, ranks=RANKS, top=7, **options), case, **options)


@pytest.mark.parametrize("people", [2, 40, 700])
@pytest.mark.parametrize("noise", [0.01, 0.5, 3])
@pytest.mark.parametrize("levels", [20, 10**6])
def test_equals_sorting_in_galleries_large_enough_to_be_counted(
    people: int, noise: float, levels: int
) -> None:
    case = random_case(people, 90, 3000, people, levels)
    other = case[1][:, None] != case[2]
    near = np.round((other + noise * case[0]) * levels / 10) / levels
    case = (near.astype(np.float32), *case[1:])
    assert_equal(evaluate(*case, ranks=RANKS, top=7), case)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    gallery=st.integers(1, 60),
    people=st.integers(1, 8),
    levels=st.sampled_from([1, 3, 1000]),
)
def test_a_device_that_sorts_finds_what_a_processor_counts(
    seed: int, gallery: int, people: int, levels: int
) -> None:
    distances, *labels = random_case(seed, 9, gallery, people, levels)
    distances[distances == distances.min()] = np.where(np.arange(gallery) % 2, 0.0, -0.0)[
        np.nonzero(distances == distances.min())[1]
    ]
    matched, excluded = Matches(*labels).of(0, 9)
    valid = gallery - np.bincount(excluded[0], minlength=9)
    for orders in (False, True):
        counted, sorted_ = (
            _rank(block, 0, matched, excluded, valid, 5, orders)
            for block in (distances, torch.from_numpy(distances))
        )
        np.testing.assert_array_equal(counted.ranks, sorted_.ranks)
        for ours, theirs in zip(counted.nearest or [], sorted_.nearest or [], strict=True):
            assert ours.tolist() == theirs.tolist()
    distances[3, gallery // 2] = np.nan
    with pytest.raises(ValueError, match="the first is query 3"):
        _rank(torch.from_numpy(distances), 0, matched, excluded, valid, 5, False)


def adversarial() -> dict[str, tuple]:
    rng = np.random.default_rng(0)
    ids = [0, 1, 2, 9], [0, 1, 0, 2, 2, 2, 5, 0]
    cameras = [0, 0, 1, 1], [1, 1, 0, 0, 1, 2, 0, 1]
    random = rng.normal(size=(4, 8))
    return {
        "all distances equal": (np.ones((4, 8)), *ids, *cameras),
        "one match": (random, [3], [1, 2, 3, 4, 5, 6, 7, 8], [0], [1] * 8),
        "one camera in the gallery": (random, *ids, cameras[0], [1] * 8),
        "one identity": (random, [1] * 4, [1] * 8, *cameras),
        "every entry twice": (np.repeat(random[:, :4], 2, axis=1), *ids, *cameras),
        "infinite distances": (np.where(random < 0, random, np.inf), *ids, *cameras),
        "distances infinitely small": (np.where(random < 0, -np.inf, np.inf), *ids, *cameras),
        "zeros of either sign": (np.where(random < 0, -0.0, 0.0), *ids, *cameras),
        "subnormal distances": (random * 1e-310, *ids, *cameras),
    }


@pytest.mark.parametrize("name", adversarial())
def test_equals_sorting_on(name: str) -> None:
    case = adversarial()[name]
    case = (case[0][: len(case[1])], *case[1:])
    assert_equal(evaluate(*case, ranks=RANKS, top=7), case)
    tensors = (torch.from_numpy(case[0]), *case[1:])
    assert_equal(evaluate(*tensors, ranks=RANKS, top=7), case)


def test_a_hand_made_ranking() -> None:
    result = evaluate(
        np.array([[0.3, 0.1, 0.2, 0.4, 0.0]]), [7], [7, 8, 7, 7, 7], [1], [2, 2, 3, 2, 1], top=3
    )
    # The nearest entry is the same person under the same camera: left out. Left: 8 7 7 7.
    assert result.cmc == {1: 0, 5: 1, 10: 1, 20: 1}
    assert result.mean_ap == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 3)
    assert result.mean_inp == pytest.approx(3 / 4)
    assert [list(nearest) for nearest in result.nearest or []] == [[1, 2, 0]]


def test_clothes_decide_what_is_left_out() -> None:
    case = np.array([[0.1, 0.2, 0.3, 0.4]]), [7], [7, 7, 7, 8], [1], [1, 2, 2, 1]
    worn = {"query_clothes": ["red"], "gallery_clothes": ["blue", "red", "blue", "red"]}
    kept = {
        mode: evaluate(*case, **worn, clothes=mode, top=4).nearest[0].tolist() for mode in MODES
    }
    assert kept == {"general": [1, 2, 3], "same": [1, 3], "changed": [2, 3]}


def test_the_same_clothes_are_left_out_under_every_camera_unknown_ones_too() -> None:
    case = np.array([[0.1, 0.2]]), [7], [7, 7], None, None
    worn = {"query_clothes": [1], "gallery_clothes": [1, 2]}
    assert evaluate(*case, **worn, clothes="changed", top=2).nearest[0].tolist() == [1]


def test_blocks_of_rows_give_what_the_whole_gives() -> None:
    case = random_case(0, 23, 50, 6, 1000)
    whole = evaluate(*case, top=7)
    blocks = evaluate((part for part in np.array_split(case[0], 4)), *case[1:], top=7)
    np.testing.assert_equal(vars(blocks), vars(whole))


def test_the_distances_are_left_as_they_were() -> None:
    for tensor in (False, True):
        case = random_case(0, 23, 50, 6, 1000, np.float64)
        before = case[0].copy()
        evaluate(torch.from_numpy(case[0]) if tensor else case[0], *case[1:])
        np.testing.assert_array_equal(case[0], before)


def test_tensors_that_require_gradients_or_are_bfloat16_are_ranked() -> None:
    case = random_case(0, 23, 50, 6, 4)
    tensor = torch.from_numpy(case[0]).bfloat16().requires_grad_()
    exact = tensor.detach().float().numpy()
    assert_equal(evaluate(tensor, *case[1:], ranks=RANKS), (exact, *case[1:]))


def test_labels_may_be_anything_that_is_equal_or_not() -> None:
    distances, *numbers = random_case(3, 20, 60, 6, 1000)
    expected = evaluate(distances, *numbers)
    huge = np.uint64(2**64 - 9) + numbers[0].astype(np.uint64) % np.uint64(9)
    assert huge.dtype == np.uint64
    labels = [
        [[f"p{n}" for n in side] for side in numbers],
        [np.array([f"camera {n}" for n in side]) for side in numbers],
        [(side * 1_000_003 - 2**60).tolist() for side in numbers],
        [torch.from_numpy(side) for side in numbers],
        [np.array(side.tolist(), object) for side in numbers],
        [[2**70 + int(n) for n in side] for side in numbers],
    ]
    for given_ in labels:
        np.testing.assert_equal(vars(evaluate(distances, *given_)), vars(expected))


def test_no_identity_has_a_meaning_of_its_own() -> None:
    distances = np.array([[0.1, 0.2]])
    for person in (-1, 0):
        assert evaluate(distances, [person], [7, person], None, None).cmc[1] == 0


def test_unknown_cameras_exclude_nothing() -> None:
    distances = np.array([[0.1, 0.2]])
    assert evaluate(distances, [1], [1, 2], None, None).cmc[1] == 1
    assert evaluate(distances, [1], [1, 2], [None], [None, None]).cmc[1] == 1
    assert evaluate(distances, [1], [1, 1], [3], [3, None], top=2).nearest[0].tolist() == [1]
    assert evaluate(distances, [1], [1, 2], [3], None).cmc[1] == 1


def test_queries_without_a_match_are_counted_not_scored() -> None:
    result = evaluate(np.array([[0.1, 0.2], [0.1, 0.2]]), [1, 9], [1, 2], [1, 1], [2, 2], top=1)
    assert (result.evaluated, result.without_match) == (1, 1)
    assert result.mean_ap == 1
    assert np.isnan(result.per_query_ap[1])
    assert [nearest.tolist() for nearest in result.nearest or []] == [[0], [0]]


def test_the_nearest_are_no_more_than_the_ranking_keeps() -> None:
    result = evaluate(np.array([[0.1, 0.2], [0.1, 0.2]]), [1, 2], [1, 1], [1, 1], [1, 2], top=9)
    assert [nearest.tolist() for nearest in result.nearest or []] == [[1], [0, 1]]


def test_a_whole_curve_rises_to_one() -> None:
    curve = evaluate(*random_case(1, 40, 30, 4, 1000), ranks=range(1, 31)).cmc
    assert list(curve) == list(range(1, 31))
    assert (np.diff(list(curve.values())) >= 0).all()
    assert curve[30] == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("mode", MODES)
def test_a_gpu_ranks_as_the_reference_does(mode: str) -> None:
    case = random_case(5, 300, 2000, 40, 50)
    options = clothes_for(case, 5, mode)
    for dtype in (torch.float16, torch.float32, torch.float64):
        tensor = torch.from_numpy(case[0]).to("cuda", dtype)
        exact = (tensor.cpu().numpy(), *case[1:])
        assert_equal(evaluate(tensor, *case[1:], ranks=RANKS, top=7, **options), exact, **options)
