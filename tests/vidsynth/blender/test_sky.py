"""Lamps in the dark, wet and white ground, panoramas: seen in the light of a crop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.blender.filming import ALONE, mine
from vidsynth.places.sites.site import Lamp
from vidsynth.places.sky.panoramas import panoramas
from vidsynth.planning.shot import Shot

pytestmark = pytest.mark.slow

LAMP = Lamp((0.0, 1.5, 4.5), 320.0, 0.5, (1.0, 0.75, 0.5), outdoor=True)


def lit(hour: str, weather: str = "sunny", lamps: tuple[Lamp, ...] = (LAMP,)) -> Shot:
    return replace(ALONE, hour=hour, weather=weather, place=replace(ALONE.place, lamps=lamps))


def ground(crop: SimpleNamespace) -> np.ndarray:
    """Mean light (3,) of what is not the person."""
    return crop.light[~mine(crop)].mean(0)


def test_street_lamps_are_lit_in_the_dark_only(render):
    night, dark = (render("fast", lit("night", lamps=lamps))[0] for lamps in ((LAMP,), ()))
    assert ground(night).mean() > 1.3 * ground(dark).mean()
    assert ground(night)[0] > 1.3 * ground(night)[2]  # by a warm lamp
    noon, without = (render("fast", lit("noon", lamps=lamps))[0] for lamps in ((LAMP,), ()))
    np.testing.assert_array_equal(noon.light, without.light)


def test_automatic_exposure_leaves_night_darker_than_day(render):
    night, noon = (render("fast", lit(hour, lamps=()))[0] for hour in ("night", "noon"))
    assert 0.01 < ground(night).mean() < 0.7 * ground(noon).mean()


def test_snow_lies_on_the_ground(render):
    """Against the person, as exposure is automatic."""

    def contrast(weather: str) -> float:
        crop = render("fast", lit("noon", weather))[0]
        return float(ground(crop).mean() / crop.light[mine(crop)].mean())

    assert contrast("snowlight") > 1.25 * contrast("overcast")


def test_people_on_snow_are_no_silhouettes(render):
    """Cameras expose for them: they are about as bright as on a grey day."""

    def brightness(weather: str) -> float:
        crop = render("fast", lit("noon", weather))[0]
        return float(crop.light[mine(crop)].mean())

    assert brightness("snowlight") > 0.7 * brightness("overcast")


def test_a_panorama_is_another_light(render):
    sky = panoramas(None, "noon")[0]
    lit_by, plain = (
        render("fast", replace(lit("noon"), panorama=panorama))[0] for panorama in (sky, None)
    )
    assert isinstance(sky, Path)
    assert not np.allclose(lit_by.light, plain.light, atol=0.02)
    assert 0.03 < ground(lit_by).mean() < 1.0


def test_a_picture_lights_from_where_it_is_bright(render, tmp_path):
    """A picture that is bright on one side tells the sides of a person apart."""

    def sides(path: Path) -> float:
        person = render("fast", replace(lit("noon"), panorama=path))[0]
        light = np.where(mine(person)[..., None], person.light, np.nan).mean(-1)
        half = light.shape[1] // 2
        left, right = np.nanmean(light[:, :half]), np.nanmean(light[:, half:])
        return float(abs(np.log(left / right)))

    around = 0.5 + 0.45 * np.cos(np.arange(256) / 256 * 2 * np.pi)
    for name, sky in (("even", np.full(256, 0.5)), ("sided", around)):
        pixels = (255 * np.tile(sky, (128, 1))[..., None] * [1.0, 1.0, 1.0]).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    even, sided = (render("fast", replace(lit("noon"), panorama=tmp_path / f"{n}.png"))[0]
                   for n in ("even", "sided"))  # fmt: skip
    assert 0.03 < ground(even).mean() < 1.0
    assert not np.allclose(even.light, sided.light, atol=0.02)
    assert sides(tmp_path / "sided.png") > sides(tmp_path / "even.png") + 0.05
