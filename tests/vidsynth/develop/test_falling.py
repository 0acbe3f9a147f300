"""Rain and snow in front of a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vidsynth.cameras.camera import Camera
from vidsynth.config import TrackletConfig
from vidsynth.develop.falling import _cover, _Slab, fall
from vidsynth.places.sky.air import Air, draw_air
from vidsynth.planning.tracklets import TrackletPlan

BOX = (500, 200, 628, 456)
DARK = np.full((256, 128, 3), 0.05, np.float32)
FAR = np.full((256, 128), 20.0, np.float32)


@pytest.fixture(scope="module")
def camera() -> Camera:
    return TrackletPlan(TrackletConfig(identities=4, cameras=2, sites=("plaza",))).network.camera(1)


def test_without_rain_or_snow_nothing_changes(camera: Camera) -> None:
    np.testing.assert_array_equal(fall(DARK, FAR, BOX, camera, Air(), 1, 0.0), DARK)


@pytest.mark.parametrize("weather", ["rain", "blizzard", "snowlight"])
def test_it_falls_from_frame_to_frame(camera: Camera, weather: str) -> None:
    air = draw_air(3, "noon", weather, False)
    first = fall(DARK, FAR, BOX, camera, air, 3, 0.0)
    np.testing.assert_array_equal(first, fall(DARK, FAR, BOX, camera, air, 3, 0.0))
    later = fall(DARK, FAR, BOX, camera, air, 3, 0.125)
    assert (first > DARK).mean() > 0.01
    assert not np.array_equal(first, later)
    assert np.isfinite(later).all()


def test_crops_of_a_frame_agree_where_they_overlap(camera: Camera) -> None:
    air = draw_air(3, "noon", "blizzard", False)
    whole = fall(DARK, FAR, BOX, camera, air, 3, 1.0)
    x0, y0, x1, y1 = BOX
    part = fall(DARK[50:], FAR[50:], (x0, y0 + 50, x1, y1), camera, air, 3, 1.0)
    np.testing.assert_allclose(part, whole[50:], atol=1e-6)


def test_what_is_near_hides_what_falls_behind_it(camera: Camera) -> None:
    air = draw_air(3, "noon", "blizzard", False)
    near = np.full_like(FAR, 1.5)

    def brightened(depth: np.ndarray) -> float:
        """Over moments enough for flakes to pass close by."""
        moments = np.arange(8) / 2
        return float(sum((fall(DARK, depth, BOX, camera, air, 3, t) - DARK).sum() for t in moments))

    assert 0 < brightened(near) < 0.5 * brightened(FAR)
    assert brightened(np.full_like(FAR, 0.5)) == 0


def test_more_rain_is_more_to_see(camera: Camera) -> None:
    air = draw_air(3, "noon", "rain", False)

    def brightened(millimetres: float) -> float:
        rain = replace(air, rain=millimetres)
        return float((fall(DARK, FAR, BOX, camera, rain, 3, 0.5) - DARK).sum())

    assert brightened(4) < brightened(15) < brightened(60)


def test_a_flake_close_by_leaves_one_even_streak() -> None:
    """Not a string of beads."""
    at, drift = np.array([[120.0, 112.0]]), np.array([[4500.0, 0.0]])
    flake = _Slab(at, (400, 400), drift, np.full(1, 6.0), np.ones(1), np.zeros((1, 2)), 1 / 90)
    cover = _cover(flake, np.full((64, 80), 5.0), (0, 0, 80, 64), 0.0)
    along = cover[30:34, 24:56].sum(0)
    assert 0 < along.std() < 0.2 * along.mean()
