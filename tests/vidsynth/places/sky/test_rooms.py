"""How rooms are lit, where weather cannot act."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vidsynth.places.sites import SITES
from vidsynth.places.sky.rooms import SCHEMES, RoomLight, draw_room_light, lit, seen_colour, shining

MALL, STATION = (SITES[name](np.random.default_rng(0)) for name in ("mall", "station"))


def test_light_is_drawn_anew_for_every_sky_and_as_often_as_it_says() -> None:
    drawn = [draw_room_light(seed, "noon", MALL) for seed in range(400)]
    assert drawn[3] == draw_room_light(3, "noon", MALL)
    for scheme, share in SCHEMES.items():
        assert np.mean([room.scheme == scheme for room in drawn]) == pytest.approx(share, abs=0.07)
    assert np.ptp([room.temperature for room in drawn]) > 3000
    assert {room.side for room in drawn} == {0, 1}


def test_windows_are_bright_by_day_and_warm_in_the_dark() -> None:
    day, night = (draw_room_light(1, hour, MALL) for hour in ("noon", "night"))
    assert day.window > 1.5 * night.window > 0
    assert day.window_temperature > night.window_temperature
    (front,) = MALL.windows
    assert shining(front, day) == pytest.approx(day.window * front.width * front.height)


def test_a_room_without_windows_has_lamps_alone() -> None:
    drawn = [draw_room_light(seed, "noon", STATION) for seed in range(100)]
    assert {room.scheme for room in drawn} == set(SCHEMES) - {"windows"}
    assert {room.window for room in drawn} == {0.0}


@pytest.mark.parametrize("side", [0, 1])
def test_lamps_are_on_as_the_scheme_says(side: int) -> None:
    def on(scheme: str) -> list[tuple[float, float]]:
        lamps = lit(MALL, RoomLight(scheme, side=side))
        return [lamp.at[:2] for lamp, own in zip(lamps, MALL.lamps, strict=True)
                if lamp.power > 0.5 * own.power]  # fmt: skip

    assert len(on("all")) == len(MALL.lamps)
    assert {x for x, _ in on("alternate")} == ({-9.0, 3.0} if side == 0 else {-3.0, 9.0})
    half = {y for _, y in on("one-side")}
    assert half == ({-5.0, 0.0} if side == 0 else {0.0, 5.0})
    assert on("windows") == []


def test_lamps_have_the_colour_of_their_temperature() -> None:
    warm, cold = (seen_colour(kelvin) for kelvin in (2800, 6800))
    assert warm[0] == max(warm) == 1.0
    assert 0.6 < warm[2] / warm[0] < 0.75 < cold[2] / cold[0], "warm, not orange"
    (lamp, *_) = lit(MALL, RoomLight(temperature=2800))
    assert lamp == replace(MALL.lamps[0], colour=warm)
    assert RoomLight(temperature=2800).ambient.zenith[0] > RoomLight("windows").ambient.zenith[0]
