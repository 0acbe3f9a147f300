"""HDRIs as skies: Blender's own, a user's, broken ones."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.config import SkyConfig, TrackletConfig
from vidsynth.errors import ConfigError, PictureError
from vidsynth.places.sky.panoramas import is_room, panoramas, picture_light
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.description import describe
from vidsynth.run.production import produce
from vidsynth.settings import load_image_config

HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8 +X 16\n" + bytes([128, 128, 128, 129]) * 128


def plan(**sky: object) -> TrackletPlan:
    return TrackletPlan(
        TrackletConfig(
            identities=24, cameras=4, sites=("plaza", "mall"),
            weathers=("sunny", "rain"), sky=SkyConfig(**sky),
        )
    )  # fmt: skip


def test_only_fair_weather_outdoors_is_lit_by_a_panorama(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(HDR)
    (tmp_path / "b.hdr").write_bytes(HDR + b"1")
    made = plan(hdri_share=1.0, hdri_directory=tmp_path)
    made.check()
    shots = [made.shot(i) for i in range(len(made.outlines))]
    for shot in shots:
        assert (shot.panorama is not None) == (shot.weather == "sunny" and not shot.place.indoor)
    assert {shot.panorama.name for shot in shots if shot.panorama} <= {"a.hdr", "b.hdr"}
    assert set(describe(produce(made.config), "")["skies"]) == {"a.hdr", "b.hdr"}
    assert all(plan().shot(i).panorama is None for i in range(3))


@pytest.mark.skipif(find_spec("bpy") is None, reason="needs bpy")
def test_blenders_own_suit_the_hour() -> None:
    made = plan(hdri_share=1.0)
    made.check()
    found = [s for s in map(made.shot, range(len(made.outlines))) if s.panorama]
    assert found
    for shot in found:
        assert shot.panorama is not None
        assert shot.panorama.exists()
        assert (shot.panorama.stem == "night") == (shot.hour in ("night", "midnight"))


def test_a_broken_or_missing_one_ends_before_rendering(tmp_path: Path) -> None:
    (tmp_path / "good.hdr").write_bytes(HDR)
    (tmp_path / "bad.exr").write_bytes(b"nothing")
    with pytest.raises(ConfigError, match=r"bad\.exr \(7 bytes, no HDRI\)"):
        plan(hdri_share=0.5, hdri_directory=tmp_path).check()
    words = [f"sky.hdri_directory={tmp_path / 'none'}", "sky.hdri_share=1", "--dry-run"]
    said = CliRunner().invoke(app, ["render-tracklets", *words])
    assert said.exit_code == 2
    assert "Expected a folder of panoramas" in said.stderr


@pytest.mark.skipif(find_spec("bpy") is None, reason="needs bpy")
def test_one_that_is_cut_short_is_no_black_sky(tmp_path: Path) -> None:
    whole = panoramas(None, "noon")[0].read_bytes()
    (tmp_path / "whole.exr").write_bytes(whole)
    plan(hdri_directory=tmp_path).check()
    (tmp_path / "cut.exr").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.hdr").write_bytes(HDR[:-300] + bytes(30))
    panoramas.cache_clear()
    with pytest.raises(ConfigError, match=r"2 files of .* cut\.exr .* cut\.hdr"):
        plan(hdri_directory=tmp_path).check()


def turned(path: Path, **changed: object) -> Path:
    """A picture all round: a sky that is bright on one side above dark ground; no zenith light."""
    width, height = 256, 128
    around = 0.5 + 0.4 * np.cos(np.arange(width) / width * 2 * np.pi)
    sky = np.tile(around, (height, 1))
    sky[height // 2 :] *= 0.3
    sky = np.roll(sky, 40, 1)[:, : int(changed.get("width", width))]  # type: ignore[call-overload]
    pixels = (255 * sky[..., None] * [1.0, 0.9, 0.8]).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_pictures_all_round_are_panoramas_and_made_linear(tmp_path: Path) -> None:
    made = plan(hdri_share=1.0, hdri_directory=turned(tmp_path / "a.png").parent)
    turned(tmp_path / "b.JPG")
    panoramas.cache_clear()
    made.check()
    names = {shot.panorama.name for i in range(8) if (shot := made.shot(i)).panorama}
    assert names <= {"a.png", "b.JPG"}
    assert set(describe(produce(made.config), "")["skies"]) == {"a.png", "b.JPG"}
    light = picture_light(tmp_path / "a.png")
    assert light.shape == (128, 256, 3)
    shown = np.asarray(Image.open(tmp_path / "a.png"))[::-1].astype(float) / 255
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(light, linear, atol=1e-5)


def test_pictures_that_are_no_full_turn_are_refused(tmp_path: Path) -> None:
    turned(tmp_path / "whole.png")
    turned(tmp_path / "square.png", width=128)
    half = np.linspace(20, 220, 256).astype(np.uint8)
    Image.fromarray(np.tile(half[None, :, None], (128, 1, 3))).save(tmp_path / "photograph.jpg")
    Image.new("RGB", (64, 32)).save(tmp_path / "black.png")
    (tmp_path / "cut.jpg").write_bytes(turned(tmp_path / "whole.jpg").read_bytes()[:900])
    with pytest.raises(ConfigError, match=r"4 files of .* are no panoramas") as error:
        plan(hdri_directory=tmp_path).check()
    for said in (
        r"square\.png \(128x128 pixels, not twice as wide as high",
        r"photograph\.jpg \(its left and right edges differ by \d+ of 255",
        r"black\.png \(its upper half is black",
        r"cut\.jpg \(",
    ):
        assert re.search(said, str(error.value)), said


def test_a_folder_alone_is_used_for_all(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(HDR)
    fair = [s for s in map(plan(hdri_directory=tmp_path).shot, range(8)) if s.sky_name == "a.hdr"]
    assert fair
    assert {s.weather for s in fair} == {"sunny"}
    made = plan(hdri_directory=tmp_path, hdri_share=0.0)
    assert all(made.shot(i).panorama is None for i in range(8))


@pytest.mark.skipif(find_spec("bpy") is None, reason="needs bpy")
def test_all_eight_of_blenders_own_are_used() -> None:
    hours = ("midnight", "dawn", "forenoon", "noon", "afternoon", "dusk", "night")
    used = {p for hour in hours for w in ("sunny", "neutral") for p in panoramas(None, hour, w)}
    assert used == set(next(iter(used)).parent.glob("*.exr"))
    assert len(used) == 8
    assert {p.stem for p in used if is_room(p)} == {"interior", "studio"}
    assert not any(is_room(p) for p in panoramas(None, "noon", "sunny"))


def test_images_have_them_too(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(HDR)
    words = [f"sky.hdri_directory={tmp_path}", "sites=[plaza,mall]", "weathers=[sunny]"]
    images = ImagePlan(load_image_config(None, words, identities=4))
    shots = [images.shot(outline.index) for outline in images.outlines]
    assert {s.sky_name for s in shots} == {"a.hdr", "indoor"}
    assert produce(images.config).inputs()["skies"].keys() == {"a.hdr"}


def hdr(path: Path, value: int, size: tuple[int, int] = (16, 8)) -> None:
    """A Radiance file of one grey, uncompressed."""
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {size[1]} +X {size[0]}\n".encode()
    path.write_bytes(head + bytes([value, value, value, 129]) * (size[0] * size[1]))


@pytest.mark.skipif(find_spec("bpy") is None, reason="needs bpy")
def test_a_panorama_without_light_or_of_another_shape_is_refused(tmp_path: Path) -> None:
    import OpenEXR

    hdr(tmp_path / "good.hdr", 128)
    hdr(tmp_path / "black.hdr", 0)
    hdr(tmp_path / "square.hdr", 128, (12, 12))
    (tmp_path / "._good.hdr").write_bytes(b"macOS keeps this")
    full = np.full((8, 16), -1, np.float32)
    for name, channels in (("negative", "RGB"), ("depth", "Z")):
        planes = {channel: full for channel in channels}
        with OpenEXR.File({"type": OpenEXR.scanlineimage}, planes) as file:
            file.write(str(tmp_path / f"{name}.exr"))
    with pytest.raises(ConfigError, match=r"4 files of .* are no panoramas") as error:
        plan(hdri_directory=tmp_path).check()
    for said in (
        r"black.hdr \(\d+ bytes, its upper half is black",
        r"square.hdr \(\d+ bytes, not twice as wide as high",
        r"negative.exr \(\d+ bytes, its upper half is black or negative",
        r"depth.exr \(\d+ bytes, expected the channels R, G and B, found Z",
    ):
        assert re.search(said, str(error.value)), said


def test_a_picture_with_a_few_bright_pixels_lights_nothing(tmp_path: Path) -> None:
    """What is left of a black picture after JPEG: brought to a day's light, it would be noise."""
    rng = np.random.default_rng(0)
    pixels = (rng.random((64, 128, 1)) < 0.2).astype(np.uint8).repeat(3, 2)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    with pytest.raises(PictureError, match="its upper half is black"):
        picture_light(tmp_path / "noise.png")
    Image.new("RGB", (128, 64), (6, 6, 9)).save(tmp_path / "night.png")
    assert picture_light(tmp_path / "night.png").mean() > 1e-3
