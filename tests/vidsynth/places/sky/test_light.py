"""Every hour under every weather: what light there is, and what is in the air."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.places.sky.air import Air, draw_air
from vidsynth.places.sky.light import Daylight, daylight


def brightness(light: Daylight) -> float:
    """Of the ground, roughly."""
    sky = np.mean(light.horizon + light.zenith)
    return float(sky + light.sun * np.sin(np.radians(light.elevation)) / np.pi)


@pytest.mark.parametrize(("hour", "weather"), list(product(HOURS, WEATHERS)))
def test_every_combination_is_a_light(hour: str, weather: str) -> None:
    light = daylight(hour, weather, indoor=False)
    assert 0 < light.elevation < 90
    assert all(value > 0 for value in (*light.horizon, *light.zenith))
    assert (light.lamps > 0) == (hour in ("midnight", "night", "dawn", "dusk"))
    air = draw_air(5, hour, weather, indoor=False)
    assert all(0 < value < 1 for value in air.glow)
    assert (air.rain > 0) == (weather == "rain") == (air.wetness > 0.5)
    assert (air.snow > 0) == (weather in ("blizzard", "snowlight")) == (air.whiteness > 0)


def test_days_are_brighter_than_nights_under_every_weather() -> None:
    for weather in WEATHERS:
        day = [brightness(daylight(h, weather, False)) for h in ("forenoon", "noon", "afternoon")]
        edge = [brightness(daylight(h, weather, False)) for h in ("dawn", "dusk")]
        dark = [brightness(daylight(h, weather, False)) for h in ("night", "midnight")]
        assert min(day) > max(edge) > 5 * max(dark)
        assert dark[1] < dark[0]


def test_fog_is_thickest_where_one_expects_it_and_dark_at_night() -> None:
    def seen(weather: str) -> float:
        return float(np.mean([draw_air(k, "noon", weather, False).fog for k in range(40)]))

    assert seen("foggy") > seen("blizzard") > seen("rain") > seen("overcast") > seen("sunny") == 0
    day, night = (draw_air(1, hour, "foggy", False).glow for hour in ("noon", "night"))
    assert min(day) > 3 * max(night)
    assert night[0] > night[2]  # lit by lamps


def test_in_a_blizzard_one_sees_a_quarter_of_a_mile_at_most() -> None:
    """A twentieth of the contrast is left there."""
    fog = [draw_air(k, "noon", "blizzard", False).fog for k in range(40)]
    assert 200 <= 3 / max(fog) < 3 / min(fog) <= 402


@pytest.mark.parametrize("weather", ["blizzard", "foggy", "rain"])
def test_at_dawn_and_dusk_lamps_light_the_ground_more_than_the_air(weather: str) -> None:
    """So that the air is darker beside people than by day; not as dark as under lamps alone."""
    day, night = (max(draw_air(1, hour, weather, False).glow) for hour in ("noon", "night"))
    for hour in ("dawn", "dusk"):
        assert night < max(draw_air(1, hour, weather, False).glow) < 0.6 * day


def test_indoors_there_is_no_weather() -> None:
    assert draw_air(1, "night", "blizzard", indoor=True) == Air()
    assert daylight("night", "rain", indoor=True) == daylight("noon", "sunny", indoor=True)
