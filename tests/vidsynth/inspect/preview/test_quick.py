"""A preview of a config, before anything of it is rendered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.painted_renderer import PaintedRenderer
from vidsynth.config import BoxConfig, SkyConfig, TrackletConfig
from vidsynth.drawing.choices import choice
from vidsynth.errors import ConfigError
from vidsynth.inspect.preview.quick import first_look, render_preview
from vidsynth.inspect.preview.sheet import CELL

CONFIG = TrackletConfig(
    identities=9,
    cameras=6,
    sites=("park", "plaza"),
    weathers=("sunny", "foggy"),
    boxes=BoxConfig(min_visibility=0),
)


def painter() -> PaintedRenderer:
    return PaintedRenderer("fast", "cpu", CONFIG.boxes)


def test_a_block_for_each_weather_shows_the_same_people(tmp_path: Path) -> None:
    look = first_look(CONFIG, "plaza", 3, 2)
    calls: list[int] = []
    shown = render_preview(look, painter(), tmp_path / "sheet.png", lambda: calls.append(1))
    assert 0 < shown <= len(calls) <= look.crops == 2 * 3 * 2
    one, other = look.shots
    assert (one.weather, other.weather) == ("sunny", "foggy")
    assert one.walkers == other.walkers
    assert one.cameras == other.cameras
    assert {camera.site for camera in one.cameras} == {"plaza"}
    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet)
    assert pixels.shape[0] > 3 * CELL[1]
    halves = pixels[:, : pixels.shape[1] // 2], pixels[:, pixels.shape[1] // 2 :]
    assert all(len(np.unique(half.reshape(-1, 3), axis=0)) > 20 for half in halves)


def test_every_weather_has_its_own_sky(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(
        b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8 +X 16\n" + bytes([128, 128, 128, 129]) * 128
    )
    sky = SkyConfig(hdri_directory=tmp_path)
    for weathers in (("sunny", "foggy"), ("foggy", "sunny")):
        config = CONFIG.model_copy(update={"sky": sky, "weathers": choice(*weathers)})
        look = first_look(config, "plaza", 3, 2)
        lit = {shot.weather: shot.sky_name for shot in look.shots}
        assert lit == {"sunny": "a.hdr", "foggy": "procedural"}


def test_the_place_is_the_first_outdoors_unless_asked_for() -> None:
    assert first_look(CONFIG, None, 2, 1).site == "park"
    assert first_look(CONFIG, "plaza", 2, 1).site == "plaza"
    with pytest.raises(ConfigError, match="--site among park, plaza, found moon"):
        first_look(CONFIG, "moon", 2, 1)
