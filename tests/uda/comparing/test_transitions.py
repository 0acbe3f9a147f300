"""Transition times, and distances that know them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from uda.clustering.jaccard import jaccard_distance
from uda.comparing.contract import Side
from uda.comparing.transitions import UNKNOWN, Likelihood, Transitions, learned
from uda.comparing.visual_temporal import JointSpace, VisualTemporal

# Two people walk from camera 4 to camera 9 in 20 s, one comes back after 60 s; a fourth is lost.
GROUPS = np.array([0, 0, 1, 1, 1, 2, 2, -1])
CAMERAS = np.array([4, 9, 4, 4, 9, 9, 4, 9])
TIMES = np.array([0, 20, 100, 102, 121, 300, 360, 20]) * 1000


def found() -> Transitions:
    return learned(GROUPS, CAMERAS, TIMES, width=10, bins=12, spread=0.01)


def test_a_group_counts_once_for_each_way_between_its_cameras() -> None:
    """From 4 to 9 in 20 s, by the mean of two and of one, too; back in 60 s."""
    transitions = found()
    assert transitions.cameras.tolist() == [4, 9]
    to, back = transitions.likelihood[1, 0], transitions.likelihood[0, 1]
    np.testing.assert_allclose(to, np.eye(12)[2], atol=1e-6)
    np.testing.assert_allclose(back, np.eye(12)[6], atol=1e-6)
    assert not transitions.likelihood[1, 1].any()  # nobody was seen there twice


def test_under_one_camera_times_count_from_the_first_on() -> None:
    """Three tracklets of one person at 5, 15 and 95 s, each three times; another's two at once."""
    groups, cameras = np.array([0, 0, 0, 1, 1]), np.full(5, 4)
    times = np.array([15, 95, 5, 0, 0]) * 1000
    transitions = learned(groups, cameras, times, width=10, bins=12, spread=0.01)
    wanted = np.zeros(12)
    wanted[0], wanted[1], wanted[9] = 3 + 2 * 2, 3, 3
    np.testing.assert_allclose(transitions.likelihood[0, 0], wanted / 7, atol=1e-6)


def test_the_way_there_is_not_the_way_back() -> None:
    likely = Likelihood(found(), torch.device("cpu"))
    four, nine = np.array([4] * 3), np.array([9] * 3)
    start, end = np.zeros(3, np.int64), np.array([25, 65, 0]) * 1000
    there = likely.between(likely.places(four, start), likely.places(nine, end))
    assert there.tolist() == [1, 0, 0]
    assert torch.equal(there, likely.between(likely.places(nine, end), likely.places(four, start)))
    back = likely.between(likely.places(nine, start), likely.places(four, end))
    assert back.tolist() == [0, 1, 0]


def test_at_the_same_time_both_orders_are_one() -> None:
    cameras, times = np.array([4, 9]), np.array([7000, 7000])
    for order in (slice(None), slice(None, None, -1)):
        known = learned(np.zeros(2, int), cameras[order], times, width=10, bins=3, spread=0.01)
        likely = Likelihood(known, torch.device("cpu"))
        places = likely.places(cameras, times), likely.places(cameras[::-1].copy(), times)
        assert likely.between(*places).tolist() == [1, 1]


def test_longer_gaps_are_in_the_last_bin_and_all_are_smoothed() -> None:
    last = learned(GROUPS[5:7], CAMERAS[5:7], TIMES[5:7], width=10, bins=3, spread=0.01)
    np.testing.assert_allclose(last.likelihood[0, 1], [0, 0, 1], atol=1e-6)
    smooth = learned(GROUPS, CAMERAS, TIMES, width=10, bins=12, spread=1.0).likelihood[0, 1]
    assert smooth.max() == 1
    assert smooth[5] == smooth[7] > 0.5


def test_unknown_cameras_and_times_are_never_likely() -> None:
    likely = Likelihood(found(), torch.device("cpu"))
    some = likely.places(np.array([4, 4, 7, UNKNOWN]), np.array([0, UNKNOWN, 0, 0]))
    others = likely.places(np.array([9]), np.array([25_000]))
    rows = likely.between((some[0][:, None], some[1][:, None]), others)
    assert rows[:, 0].tolist() == [1, 0, 0, 0]


def test_nobody_seen_twice_is_no_knowledge() -> None:
    assert not learned(np.full(3, -1), CAMERAS[:3], TIMES[:3])
    assert not learned(GROUPS, np.full(8, UNKNOWN), TIMES)
    assert found()


def side(features: torch.Tensor, cameras: list[int], seconds: list[float]) -> Side:
    times = (np.array(seconds) * 1000).astype(np.int64)
    return Side(features, np.array(cameras), times, np.ones(len(times), np.int64))


def test_distances_equal_the_formula_pair_by_pair() -> None:
    generator = torch.manual_seed(0)
    features = F.normalize(torch.randn(5, 6, generator=generator), dim=1)
    query, gallery = side(features[:2], [4, 9], [0, 0]), side(features[2:], [9, 4, 4], [25, 65, 5])
    compared = VisualTemporal(found())
    block = torch.cat([torch.as_tensor(part) for part in compared.blocks(query, gallery)])
    # From 4 to 9 in 25 s; back in 65 s; under 4 again after 5 s (two tracklets 2 s apart).
    likely = [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    for q in range(2):
        for g in range(3):
            cosine = float(features[q] @ features[2 + g])
            joint = 1 / (1 + math.exp(-5 * cosine)) / (1 + 2 * math.exp(-5 * likely[q][g]))
            assert float(block[q, g]) == pytest.approx(1 - joint, abs=1e-5)
    again = VisualTemporal()
    again.restore(compared.state())
    (same,) = again.blocks(query, gallery)
    assert torch.equal(block, torch.as_tensor(same))


def test_without_knowledge_the_order_is_that_of_the_cosine() -> None:
    features = F.normalize(torch.randn(8, 6, generator=torch.manual_seed(0)), dim=1)
    query, gallery = side(features[:1], [4], [0]), side(features[1:], [9] * 7, [5] * 7)
    (block,) = VisualTemporal().blocks(query, gallery)
    cosine = features[:1] @ features[1:].T
    assert torch.equal(torch.as_tensor(block).argsort(1), (-cosine).argsort(1))


def test_a_space_gives_blocks_and_pairs_alike() -> None:
    features = torch.randn(8, 6, generator=torch.manual_seed(3))
    space = JointSpace(features, CAMERAS, TIMES, found())
    whole = torch.cat([space.block(slice(0, 3)), space.block(slice(3, 8))])
    rows, columns = torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij")
    pairs = space.pairs(rows.flatten(), columns.flatten()).view(8, 8)
    torch.testing.assert_close(whole, pairs)
    assert jaccard_distance(space, 3, 2).shape == (8, 8)


def test_a_space_computes_in_full_precision() -> None:
    """Whatever the network computes with: blocks and pairs are of the same distances."""
    features = torch.randn(8, 6, generator=torch.manual_seed(3))
    space = JointSpace(features, CAMERAS, TIMES, found())
    exact = space.block(slice(0, 8))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(space.block(slice(0, 8)), exact)
