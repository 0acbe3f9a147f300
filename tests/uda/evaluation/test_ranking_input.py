"""What cannot be ranked is refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from uda.evaluation.ranking import evaluate, evaluate_features

ONE = np.zeros((1, 2))


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_a_nan_distance_names_its_query(kind: Any) -> None:
    distances = np.array([[0.1, 0.2], [np.nan, 0.2], [0.1, 0.2], [0.1, np.nan]])
    with pytest.raises(ValueError, match=r"2 queries .* NaN distances, the first is query 1:"):
        evaluate(kind(distances), [1] * 4, [1, 2], None, None)
    with pytest.raises(ValueError, match="the first is query 2"):
        evaluate(iter([distances[:1], kind(distances[2:])]), [1] * 3, [1, 2], None, None)


def test_a_nan_that_would_be_left_out_is_refused_all_the_same() -> None:
    with pytest.raises(ValueError, match="the first is query 0"):
        evaluate(np.array([[np.nan, 0.2]]), [1], [1, 1], [1], [1, 2])


@pytest.mark.parametrize(
    ("distances", "labels", "message"),
    [
        (np.zeros((1, 0)), ([1], [], None, None), "nothing to rank: 1 queries, 0 gallery"),
        (np.zeros((0, 2)), ([], [1, 2], None, None), "nothing to rank: 0 queries, 2 gallery"),
        (np.zeros((2, 1)), ([1, 1], [1, 2], None, None), r"distances \(Q, 2\), found \(2, 1\)"),
        (np.zeros(2), ([1], [1, 2], None, None), r"distances \(Q, 2\), found \(2,\)"),
        (ONE, ([1, 1], [1, 2], None, None), "distances of 2 queries, found 1"),
        (np.zeros((2, 2)), ([1], [1, 2], None, None), "distances of 1 queries, found 2"),
        (iter([]), ([1], [1, 2], None, None), "distances of 1 queries, found 0"),
        ([[0.1, 0.2]], ([1], [1, 2], None, None), r"distances \(Q, 2\), found list"),
        (ONE, ([1], [1, 2], [1], [1]), "2 gallery cameras, found 1"),
        (ONE, ([1], [1, 2], [1, 2], [1, 1]), "1 query cameras, found 2"),
        (ONE, ([3], [1, 2], None, None), "no query has a match"),
        (ONE, ([1], [1, 1], [1], [1, 1]), "no query has a match"),
        (ONE, ([None], [1, 1], None, None), "expected an identity for every"),
        (ONE, ([1.0], [1, 2], None, None), "identities that are integers or strings, found float"),
        (ONE, ([1], ["1", "2"], None, None), "of one kind, found integers and strings"),
        (ONE, ([1], [1, "2"], None, None), "integers or strings, found int, str"),
        (ONE, ([[1]], np.ones((2, 1), int), None, None), r"one label per entry, found shape"),
        (ONE, ([1], [1, 2], [1.5], [1, 2]), "cameras that are integers or strings, found float"),
        (ONE.astype(int), ([1], [1, 2], None, None), "distances of floats, found int64"),
        (torch.zeros(1, 2).long(), ([1], [1, 2], None, None), "of floats, found torch.int64"),
        (ONE.astype(complex), ([1], [1, 2], None, None), "distances of floats, found complex128"),
    ],
)
def test_distances_and_labels_that_do_not_fit(distances: Any, labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(distances, *labels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ranks": ()}, "ranks and top from 1 up"),
        ({"ranks": (0, 5)}, "ranks and top from 1 up"),
        ({"top": 0}, "ranks and top from 1 up"),
        ({"clothes": "other"}, '"general", "same" or "changed", found \'other\''),
        ({"clothes": "same"}, "1 queries and 2 gallery entries have no clothes"),
        (
            {"clothes": "changed", "query_clothes": [1], "gallery_clothes": [1, None]},
            'clothes="changed" needs .* 0 queries and 1 gallery',
        ),
        (
            {"clothes": "same", "query_clothes": [1], "gallery_clothes": [1]},
            "2 gallery clothes, found 1",
        ),
    ],
)
def test_settings_that_do_not_fit(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(ONE, [1], [1, 2], None, None, **options)


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_features_that_are_not_finite_are_named(kind: Any) -> None:
    good, bad = np.ones((3, 4), np.float32), np.ones((3, 4), np.float32)
    bad[1, 2] = np.nan
    bad[2, 0] = np.inf
    labels = [1, 2, 3], [1, 2, 3], None, None
    with pytest.raises(ValueError, match=r"2 query features .* the first is query 1:"):
        evaluate_features(kind(bad), kind(good), *labels)
    with pytest.raises(ValueError, match=r"2 gallery features .* the first is gallery 1:"):
        evaluate_features(kind(good), kind(bad), *labels)


@pytest.mark.parametrize(
    ("query", "gallery", "options", "message"),
    [
        (np.ones((1, 3)), np.ones((2, 4)), {}, "of one size, found 3 for queries and 4"),
        (np.ones(3), np.ones((2, 3)), {}, r"query features as an array \(N, D\), found \(3,\)"),
        ([[1.0]], np.ones((2, 1)), {}, r"query features as an array \(N, D\), found list"),
        (np.ones((1, 3), int), np.ones((2, 3)), {}, "query features of floats, found int64"),
        (np.ones((1, 3)), np.ones((0, 3)), {}, "nothing to rank: 1 queries, 0 gallery"),
        (np.ones((1, 3)), np.ones((2, 3)), {"metric": "dot"}, "found 'dot'"),
        (np.ones((1, 3)), np.ones((2, 3)), {"block": 0}, "at least one query, found 0"),
        (np.ones((2, 3)), np.ones((2, 3)), {}, "distances of 1 queries, found 2"),
        (np.ones((1, 3)), np.ones((4, 3)), {}, r"distances \(Q, 2\), found \(1, 4\)"),
    ],
)
def test_features_that_do_not_fit(
    query: Any, gallery: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate_features(query, gallery, [1], [1, 2], None, None, **options)
