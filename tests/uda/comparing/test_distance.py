"""Distances a block of queries at a time are the plain distances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from uda.comparing.distance import distance_blocks


def plain_distances(query: np.ndarray, gallery: np.ndarray, metric: str) -> np.ndarray:
    query, gallery = query.astype(np.float64), gallery.astype(np.float64)
    if metric == "euclidean":
        return np.linalg.norm(query[:, None] - gallery, axis=2)
    similarity = query @ gallery.T
    return 1 - similarity / np.outer(np.linalg.norm(query, axis=1), np.linalg.norm(gallery, axis=1))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("block", [1, 7, None])
@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_blocks_are_the_plain_distances(metric: Any, block: int | None, kind: Any) -> None:
    rng = np.random.default_rng(0)
    query, gallery = (rng.normal(size=(n, 16)).astype(np.float32) for n in (30, 80))
    blocks = list(distance_blocks(kind(query), kind(gallery), metric=metric, block=block))
    assert {len(part) for part in blocks[:-1]} <= {block}
    np.testing.assert_allclose(
        np.concatenate(blocks), plain_distances(query, gallery, metric), atol=1e-5
    )


def test_a_feature_of_length_zero_is_as_far_as_a_right_angle() -> None:
    query = np.array([[1.0, 0.0]])
    gallery = np.array([[0.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    (block,) = distance_blocks(query, gallery)
    np.testing.assert_allclose(block, [[1, 1 - 0.5**0.5, 2]])


def test_equal_features_have_no_euclidean_distance() -> None:
    features = np.random.default_rng(0).normal(size=(20, 64)).astype(np.float32) * 100
    (block,) = distance_blocks(features, features, metric="euclidean")
    assert np.diag(block).max() < 1
    assert not np.isnan(block).any()
