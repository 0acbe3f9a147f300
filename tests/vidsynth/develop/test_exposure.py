"""Automatic exposure, out of readings of what a camera sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.develop.test_photometry import crop
from vidsynth.colour import term, to_linear
from vidsynth.develop.exposure import Exposure, Reading, exposure
from vidsynth.develop.photometry import develop
from vidsynth.places.sky.air import Air, draw_air
from vidsynth.places.sky.light import daylight

CLEAR, FOGGY = Air(), Air(fog=0.04, glow=(0.5, 0.5, 0.5))


def reading(place: float = 0.1, people: float = 0.085) -> Reading:
    """An even place 20 m away with people 9 m away, of such luminances."""
    return Reading(np.full(900, place), np.full(900, 20.0), np.full(40, people), np.full(40, 9.0))


def exposed(
    seen: Reading, air: Air = CLEAR, level: float = 1.0, *, indoor: bool = False
) -> Exposure:
    return exposure(seen, seen.people_over_place(), air, level, indoor=indoor)


def test_on_a_usual_day_people_change_nothing() -> None:
    nobody = replace(reading(), people=np.empty(0), people_away=np.empty(0))
    assert exposed(reading()).gain == pytest.approx(exposed(nobody).gain)
    assert exposed(reading()) == Exposure(exposed(nobody).gain)


def test_people_before_snow_or_light_are_no_silhouettes() -> None:
    """What is behind them gets brighter than grey for it."""
    dark, usual = reading(0.6, 0.15), reading(0.15, 0.1275)
    grey = exposed(usual).gain
    assert [exposed(reading(place, 0.1275)).gain for place in (0.03, 0.6)] == pytest.approx(
        [grey] * 2
    )
    assert exposed(dark).gain * 0.15 > 0.6 * exposed(usual).gain * 0.1275
    assert 0.3 < exposed(dark).gain * 0.6 < 1.0


def test_a_floor_under_lamps_is_not_blown_out_for_people() -> None:
    """They get less light than it, but more than if the camera did not look after them."""
    room, even = reading(0.6, 0.15), reading(0.6, 0.51)
    assert exposed(even, indoor=True).gain < exposed(room, indoor=True).gain < exposed(room).gain
    assert exposed(room, indoor=True).gain * 0.6 == pytest.approx(0.28)


def test_what_is_bright_or_dark_all_over_ends_near_middle_grey() -> None:
    shown = [exposed(reading(x, 0.85 * x)).gain * x for x in (0.03, 0.1, 0.3, 1.0)]
    assert all(0.1 < value < 0.3 for value in shown)
    assert shown == sorted(shown), "dusk stays darker than noon"
    assert exposed(reading(), level=0.5).gain == pytest.approx(exposed(reading()).gain / 2)


def test_most_of_the_haze_before_people_is_black() -> None:
    """What is left of it is little beside the people's own light, where one sees 100 m far."""
    how, through = exposed(reading(), FOGGY), np.exp(-FOGGY.fog * 9.0)
    haze, people = how.air * 0.5 * (1 - through), how.gain * 0.085 * through
    assert 0 < haze - how.black[1] < 0.2 * people


def test_fog_does_not_make_black_grey() -> None:
    """And white stays below what is blown out."""
    seen, made_crop = reading(), crop(0.18)
    through = exposed(seen, FOGGY)
    assert min(through.black) > 0

    def shown(reflected: float, how: Exposure) -> float:
        light = np.full_like(made_crop.light, reflected / 0.18 * 0.085 * how.gain)
        picture = replace(made_crop, light=light, exposure=how)
        return float(develop(picture, np.random.default_rng(0), FOGGY).mean())

    plain = Exposure(exposed(seen).gain)
    assert shown(0.01, through) < shown(0.01, plain) - 40
    assert shown(0.8, through) - shown(0.01, through) > 1.2 * (
        shown(0.8, plain) - shown(0.01, plain)
    )


def test_haze_leaves_little_of_its_colour_on_black_cloth() -> None:
    blue = Air(fog=0.04, glow=(0.42, 0.5, 0.6))
    how, made_crop = exposed(reading(), blue), crop(0.18)
    grey = replace(how, black=(how.black[1],) * 3)

    def tinge(exposure: Exposure) -> float:
        light = np.full_like(made_crop.light, 0.004)
        picture = replace(made_crop, light=light, exposure=exposure)
        return float(np.ptp(develop(picture, np.random.default_rng(0), blue).mean((0, 1))))

    assert tinge(how) < 0.5 * tinge(grey)


@pytest.mark.parametrize("hour", ["dawn", "noon", "dusk"])
@pytest.mark.parametrize(
    ("name", "cloth"), [("blue", (0.08, 0.12, 0.26)), ("red", (0.45, 0.09, 0.12))]
)
def test_clothes_keep_their_colour_in_a_blizzard(
    hour: str, name: str, cloth: tuple[float, float, float]
) -> None:
    """A little behind the usual distance of people, whose haze the camera clears."""
    seen, made_crop = reading(0.2, 0.06), crop(0.18)
    level = daylight(hour, "blizzard", False).exposure
    found = []
    for seed in range(20):
        air = replace(draw_air(seed, hour, "blizzard", False), snow=0.0)
        how = exposed(seen, air, level)
        light = np.full_like(made_crop.light, how.gain * 0.06 / 0.18) * to_linear(np.array(cloth))
        depth = np.full_like(made_crop.depth, 10.5)
        picture = replace(made_crop, light=light.astype(np.float32), depth=depth, exposure=how)
        shown = develop(picture, np.random.default_rng(0), air).mean((0, 1)) / 255
        found.append(term((shown[0], shown[1], shown[2])))
    assert found.count(name) > 16, found
