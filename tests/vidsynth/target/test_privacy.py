from __future__ import annotations

from pathlib import Path
from random import SystemRandom

import numpy as np
import pytest

from tests.vidsynth.target.measured_numbers import measured, stand_in
from vidsynth.errors import TargetError
from vidsynth.target.privacy import (
    LEAST_PER_BIN,
    OTHERS,
    Released,
    groups_of_cameras,
    own_draws,
    private_embedding,
    private_masses,
    rounded_count,
)
from vidsynth.target.statistics import encoded, read, write
from vidsynth.target.summary import Rules, summarise


def test_bins_of_few_look_alike() -> None:
    few = Released.of(np.array([0, 1, 4, 5, 90, 100.0]))
    assert set(few.counts[:4]) == {few.floor}
    assert few.counts[4] > few.floor
    other = Released.of(np.array([4, 4, 1, 1, 90, 100.0]))
    assert (other.counts == few.counts).all()
    assert other.rest == few.rest


def test_no_share_moves_far_when_a_tracklet_is_taken_out() -> None:
    rng = np.random.default_rng(0)
    for n in (100, 1000):
        for _ in range(50):
            masses = rng.multinomial(n, rng.dirichlet(np.full(16, 0.3))).astype(float)
            whole = Released.of(masses)
            for place in np.flatnonzero(masses):
                one = masses.copy()
                one[place] -= 1
                moved = np.abs(Released.of(one).counts - whole.counts).max()
                assert moved <= 1 / n + 1.001e-4


def test_the_likely_distribution_is_near_the_true_one() -> None:
    rng = np.random.default_rng(1)
    places = np.arange(16)
    true = np.exp(-0.5 * ((places - 6) / 2.5) ** 2)
    true /= true.sum()
    found = [Released.of(rng.multinomial(200, true).astype(float)).shares() for _ in range(40)]
    assert all(shares.sum() == pytest.approx(1) for shares in found)
    apart = [np.abs(np.cumsum(shares - true)).sum() for shares in found]
    raw = [np.abs(np.cumsum(rng.multinomial(200, true) / 200 - true)).sum() for _ in range(40)]
    assert np.mean(apart) < 1.3 * np.mean(raw)


def test_a_single_full_bin_is_read_as_such() -> None:
    shares = Released.of(np.eye(16)[3] * 60).shares()
    assert shares[3] == 1


def test_cameras_of_few_tracklets_go_together() -> None:
    found = groups_of_cameras({"a": 100, "b": 12, "c": 25, "d": 40})
    assert found == {"a": "a", "b": OTHERS, "c": OTHERS, "d": "d"}


def test_the_rest_of_all_cameras_is_never_small() -> None:
    found = groups_of_cameras({"a": 100, "b": 3, "d": 40})
    assert found == {"a": "a", "b": OTHERS, "d": OTHERS}, "else all less a and d would be b"
    assert set(groups_of_cameras({"a": 20, "b": 25}).values()) == {OTHERS}


def test_all_cameras_together_are_made_of_what_each_released() -> None:
    statistics = summarise(measured(300), "mars")
    for name, pooled in statistics.pooled.quantities.items():
        counts = [np.array(camera.quantities[name].counts) for camera in statistics.cameras]
        assert np.abs(np.mean(counts, 0) - pooled.counts).max() < 1e-4


def test_no_bin_tells_of_fewer_than_five_tracklets() -> None:
    statistics = summarise(measured(400, cameras=2), "mars")
    for camera in statistics.cameras:
        for found in camera.quantities.values():
            assert min(found.counts) >= found.floor
            assert found.floor == pytest.approx(
                LEAST_PER_BIN / sum(np.array(found.counts) / found.floor * LEAST_PER_BIN), rel=0.01
            )


def test_counts_of_tracklets_are_rounded() -> None:
    assert [rounded_count(n) for n in (30, 32, 33, 98)] == [30, 30, 35, 100]


def test_features_of_under_200_tracklets_stay() -> None:
    few = summarise(measured(199, features=8), "mars", stand_in()).pooled
    assert few.embedding is None
    assert few.moments is None
    many = summarise(measured(200, features=8), "mars", stand_in()).pooled
    assert many.embedding is not None
    refused = summarise(measured(200, features=8), "mars", stand_in(), Rules(embedding=False))
    assert refused.pooled.embedding is None
    assert refused.pooled.moments is None


def test_a_target_of_three_images_is_refused() -> None:
    with pytest.raises(TargetError, match=r"at least 30 tracklets.*found 3"):
        summarise(measured(3), "images")


def test_cameras_have_numbers_unless_names_are_kept() -> None:
    numbers = measured(120)
    assert [c.name for c in summarise(numbers, "mars").cameras] == ["1", "2", "3"]
    assert b"cam-" not in encoded(summarise(numbers, "mars"))
    kept = summarise(numbers, "mars", rules=Rules(names=True))
    assert [c.name for c in kept.cameras] == ["cam-1", "cam-2", "cam-3"]


def test_noise_is_of_the_scale_that_privacy_asks_for() -> None:
    random = SystemRandom()
    masses = np.full(16, 1000.0)
    off = np.concatenate([private_masses(masses, 0.5, random) - masses for _ in range(200)])
    assert np.abs(off).mean() == pytest.approx(4, rel=0.15)
    means = private_embedding(np.zeros(4000), 500, 1.0, random)
    expected = 2 * np.sqrt(2) / 500 * np.sqrt(2 * np.log(1.25e5))
    assert means.std() == pytest.approx(expected, rel=0.1)


def test_the_budget_of_all_histograms_is_said_and_nothing_is_without_noise() -> None:
    numbers = measured(240, cameras=2, features=8)
    found = summarise(numbers, "mars", stand_in(), Rules(epsilon=0.5))
    noise = found.privacy.noise
    assert noise is not None
    histograms = len(found.cameras[0].quantities)
    assert noise.total_epsilon == pytest.approx(0.5 * histograms + 0.5)
    assert noise.total_delta > 0
    assert found.clothes is None
    assert found.pooled.moments is None
    assert found.pooled.correlation is None
    assert not found.floors
    assert all(q.mean is None and q.sd is None for q in found.cameras[0].quantities.values())
    again = summarise(numbers, "mars", stand_in(), Rules(epsilon=0.5))
    assert again.cameras[0].quantities != found.cameras[0].quantities


def test_bootstraps_of_others_do_not_change_when_one_is_taken_out() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    draws = own_draws(values, 400)
    assert (own_draws(values[1:], 400) == draws[1:]).all()
    assert draws.mean() == pytest.approx(1, abs=0.02)
    assert draws.var() == pytest.approx(1, abs=0.05)


def test_unlike_cameras_together_are_as_all_their_tracklets(tmp_path: Path) -> None:
    """The floors of five cameras are no tracklets of the sixth, and the sixth's rest is its own."""
    numbers = measured(600, cameras=6)
    for k, row in enumerate(numbers.values):
        row["luma_q50"] = np.full(4, 0.9 if k % 6 == 0 else 0.2, np.float32)
    statistics = summarise(numbers, "mars")
    write(tmp_path / "target.json", statistics)
    for found in (statistics, read(tmp_path / "target.json")):
        shares = found.pooled.quantities["luma_q50"].shares()
        assert shares[[3, 14]] == pytest.approx([5 / 6, 1 / 6], abs=0.002)
        cameras = [camera.quantities["haar_noise"].shares() for camera in found.cameras if
                   "haar_noise" in camera.quantities]  # fmt: skip
        assert found.pooled.quantities["haar_noise"].shares() == pytest.approx(np.mean(cameras, 0))
