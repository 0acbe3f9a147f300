from __future__ import annotations

from random import SystemRandom

import numpy as np
import pytest

from tests.vidsynth.target.made_up_target import a_target, around
from vidsynth.target.comparing import Features, Place, compare_features, compare_quantities
from vidsynth.target.embedding import embedding


def crops(
    middle: float, seed: int, tracklets: int = 120, each: int = 4, flicker: float = 0.3
) -> Features:
    """Features of tracklets whose frames are alike."""
    rng = np.random.default_rng(seed)
    return Features.of(
        [rng.normal(middle, 1, 8) + rng.normal(0, flicker, (each, 8)) for _ in range(tracklets)]
    )


def test_a_set_that_is_nearer_is_said_to_be() -> None:
    place = Place.of_crops(crops(0.0, 1), sigma=4.0)
    sets = {"default": crops(1.0, 2), "fitted": crops(0.3, 3)}
    found = {distance.name: distance for distance in compare_features(place, sets, {})}
    assert set(found) == {"fd", "mmd2", "kid", "auc", "fd_tracklets", "fd_motion"}
    assert found.pop("fd_motion").matched("default")
    for distance in found.values():
        assert distance.of["fitted"] < distance.of["default"]
    assert found["fd"].floor is not None
    assert 0 < found["fd"].floor < found["fd"].of["fitted"]
    assert found["auc"].of["default"] > 0.9


def test_the_same_distribution_is_within_two_floors() -> None:
    place = Place.of_crops(crops(0.0, 1, 300), sigma=4.0)
    found = compare_features(place, {"more": crops(0.0, 5, 300)}, {})
    assert all(d.matched("more") for d in found if d.name in ("fd", "mmd2"))


def test_what_changes_more_over_time_is_another_video_of_the_same_pictures() -> None:
    place = Place.of_crops(crops(0.0, 1), sigma=4.0)
    sets = {"alike": crops(0.0, 2), "flickers": crops(0.0, 3, flicker=0.9)}
    found = {distance.name: distance for distance in compare_features(place, sets, {})}
    assert found["fd_motion"].matched("alike")
    assert not found["fd_motion"].matched("flickers")
    single = {"stills": crops(0.0, 4, each=1)}
    assert "fd_motion" not in {d.name for d in compare_features(place, single, {})}


def test_sets_are_compared_at_equal_size() -> None:
    # A small sample has a larger Frechet distance: that would count against the smaller set.
    place = Place.of_crops(crops(0.0, 1), sigma=4.0)
    large, small = crops(0.2, 2, 400), crops(0.2, 4, 40)
    frechet = compare_features(place, {"large": large, "small": small}, {})[0].of
    assert frechet["large"] == pytest.approx(frechet["small"], rel=0.35)
    assert large.some(40).count == 40


def test_a_file_alone_gives_what_it_can() -> None:
    statistics = a_target({"depression": around("depression", 5, 3)})
    assert compare_features(Place.of_statistics(statistics), {"a": crops(0, 1)}, {}) == ()


def test_quantities_are_compared_in_their_unit_and_by_their_spread() -> None:
    target = a_target({"depression": around("depression", 5, 4), "gamma": around("gamma", 1, 0.1)})
    target = target.model_copy(update={"floors": {"depression": 1.0}})
    sets = {
        "default": a_target({"depression": around("depression", 27, 8)}),
        "fitted": a_target({"depression": around("depression", 6, 4)}),
    }
    (only,) = compare_quantities(target, sets)
    assert only.name == "depression"
    assert only.of["default"] == pytest.approx(22, abs=0.7)
    assert only.of["fitted"] == pytest.approx(1, abs=0.3)
    assert only.matched("fitted")
    assert not only.matched("default")
    assert only.scale == pytest.approx(4.3, abs=0.4)


def test_a_file_has_features_cut_as_sets_are() -> None:
    far = [np.full((2, 8), 20.0)] * 200
    written = embedding(far, 4.0, None, SystemRandom())
    place = Place.of_crops(Features.of(far), 4.0)
    assert place.mean is not None
    assert written.vector() == pytest.approx(place.mean, abs=1e-5)


def test_a_file_says_how_alike_crops_of_a_tracklet_are() -> None:
    seen = crops(0.0, 1, 200, flicker=1.0)
    statistics = a_target({}, embedding=embedding(seen.by_tracklet, 4.0, None, SystemRandom()))
    place, known = Place.of_statistics(statistics), Place.of_crops(seen, 4.0)
    assert place.alike == pytest.approx(known.alike, abs=1e-4)
    assert 0.5 < place.alike < 0.9
    private = embedding(seen.by_tracklet, 4.0, 1.0, SystemRandom())
    assert private.alike == 1
