from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.colour import add_contrast, to_display
from vidsynth.develop.backdrop import behind, over, window
from vidsynth.places.backdrops.backdrop import Backdrop, scene_light
from vidsynth.places.backdrops.light import ambience


def camera(tilt, width=640, height=360, focal=600.0):
    """Looks down by ``tilt`` degrees from 2 m above ground."""
    ahead = (0.0, np.cos(np.radians(tilt)), -np.sin(np.radians(tilt)))
    eye = (0.0, 0.0, 2.0)
    return Camera(1, "s", width, height, focal, eye, tuple(np.add(eye, ahead)), Photometry())


@pytest.mark.parametrize("tilt", [0, 5, 20, 60])
@pytest.mark.parametrize("size", [(640, 480), (2000, 500), (300, 900)])
def test_the_window_lies_in_the_picture_and_has_the_frames_shape(tilt, size):
    x0, y0, x1, y1 = window(size, 0.5, 0.3, camera(tilt))
    assert -1e-6 <= x0 < x1 <= size[0] + 1e-6
    assert -1e-6 <= y0 < y1 <= size[1] + 1e-6
    assert (x1 - x0) / (y1 - y0) == pytest.approx(640 / 360)


@pytest.mark.parametrize("centre", [None, (320.0, 150.0), (320.0, 205.0)])
@pytest.mark.parametrize(("tilt", "horizon"), [(0, 0.5), (3, 0.5), (5, 0.4)])
def test_the_pictures_horizon_is_the_cameras(tilt, horizon, centre):
    eye = replace(camera(tilt), centre=centre)
    _, y0, _, y1 = window((640, 480), horizon, 0.5, eye)
    shown = (horizon * 480 - y0) / (y1 - y0) * eye.height
    far, _ = eye.project(np.array([(0.0, 1e6, 2.0)]))
    assert shown == pytest.approx(far[0, 1], abs=1)


def test_a_steep_camera_gets_the_lower_edge():
    _, _, _, bottom = window((640, 480), 0.5, 0.5, camera(50))
    assert bottom == pytest.approx(480)


def test_a_part_of_the_frame_shows_the_same_as_the_whole(tmp_path):
    rng = np.random.default_rng(0)
    rough = Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8))
    rough.resize((640, 480), Image.Resampling.BICUBIC).save(tmp_path / "p.png")
    backdrop, eye = Backdrop(tmp_path / "p.png"), camera(5)
    whole, part = (
        behind(backdrop, eye, (0, 0, 640, 360)),
        behind(backdrop, eye, (100, 40, 228, 296)),
    )
    assert part.shape == (256, 128, 3)
    assert np.abs(whole[40:296, 100:228] - part).mean() < 0.01


def test_a_camera_of_usual_contrast_gives_the_picture_back():
    shades = np.arange(0, 256, 5, dtype=np.uint8)[None, :, None].repeat(3, 2)
    shown = to_display(scene_light(shades))
    assert add_contrast(shown, 1.3) * 255 == pytest.approx(shades, abs=1)


def test_people_cover_the_picture_and_shadows_darken_it():
    alpha = np.zeros((20, 20), np.float32)
    alpha[:, :5], alpha[:, 10:] = 1.0, 0.5
    index = np.zeros((20, 20), np.int16)
    index[:, :5] = 1
    light = np.zeros((20, 20, 3), np.float32)
    light[:, :5] = 0.3
    done = over(light, alpha, index, np.full((20, 20, 3), 0.2, np.float32))
    assert done[:, :4] == pytest.approx(0.3)
    assert done[:, 17:] == pytest.approx(0.1, abs=0.005)


def test_light_follows_the_picture(tmp_path):
    def guess(name, left, right):
        pixels = np.zeros((60, 80, 3), np.uint8)
        pixels[:, :40], pixels[:, 40:] = left, right
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        return ambience(tmp_path / f"{name}.png")

    bright, dark = guess("bright", (190,) * 3, (190,) * 3), guess("dark", (60,) * 3, (60,) * 3)
    warm = guess("warm", (190, 140, 90), (190, 140, 90))
    aside = guess("aside", (60,) * 3, (200,) * 3)
    assert sum(bright.sky) > 2 * sum(dark.sky)
    assert warm.sky[0] > 1.15 * warm.sky[2]
    assert bright.sky[0] == pytest.approx(bright.sky[2])
    assert (bright.side, aside.side > 20) == (0, True)
