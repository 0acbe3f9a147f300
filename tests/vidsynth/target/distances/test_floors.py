from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target.distances import Floor, half_split_floor, tracklet_weights, wasserstein


def test_halves_split_tracklets_not_frames() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 20)
    values = rng.normal(size=30)[groups]  # frames of a tracklet are all the same
    floor = half_split_floor(lambda a, b: wasserstein(values[a], values[b]), groups)
    by_frame = half_split_floor(lambda a, b: wasserstein(values[a], values[b]), np.arange(600))
    assert floor.mean > 2 * by_frame.mean
    assert floor.high >= floor.mean
    seen = []
    half_split_floor(lambda a, b: float(len(seen.append((a, b)) or [])), groups, splits=3)
    for a, b in seen:
        assert not set(groups[a]) & set(groups[b])
        assert len(a) + len(b) == 600


def test_the_floor_of_a_mean_is_as_statistics_says() -> None:
    # Of n and m independent normal values, E[W1] is about 1.27 sd sqrt((n + m) / nm).
    values = np.random.default_rng(1).normal(size=1000)
    floor = half_split_floor(lambda a, b: wasserstein(values[a], values[b]), np.arange(1000))
    assert floor.mean == pytest.approx(1.27 * np.sqrt(1000 / 500**2), rel=0.35)


def test_matched_is_within_two_floors() -> None:
    assert Floor(1.0, 1.4).matched(2.0)
    assert not Floor(1.0, 1.4).matched(2.1)


def test_three_tracklets_have_no_halves() -> None:
    with pytest.raises(ValueError, match="four tracklets"):
        half_split_floor(lambda a, b: 0.0, np.array([1, 1, 2, 3]))


def test_each_tracklet_weighs_the_same() -> None:
    weights = tracklet_weights(np.array([5, 5, 5, 9]))
    np.testing.assert_allclose(weights, [1 / 6, 1 / 6, 1 / 6, 1 / 2])
