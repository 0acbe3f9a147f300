"""What lens, shutter and sensor do to known pictures."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.develop.test_photometry import CAMERA, crop, shown
from vidsynth.cameras.camera import Photometry
from vidsynth.develop.optics import blur_motion, defocus, temperature_gains
from vidsynth.develop.photometry import develop, sharpness


def spot(height=41, width=61):
    light = np.zeros((height, width, 3), np.float32)
    light[height // 2, width // 2] = 1.0
    return light


def person():
    """A bright bar on a dark ground, and its mask."""
    light = np.full((60, 60, 3), 0.1, np.float32)
    light[10:50, 25:35] = 0.9
    return light, light[..., 0] > 0.5


@pytest.mark.parametrize("kelvin", [2800, 4500])
def test_a_camera_set_to_warmer_light_sees_daylight_blue(kelvin):
    red, green, blue = temperature_gains(kelvin)
    assert red < green == 1 < blue
    red, green, blue = temperature_gains(10_000)
    assert red > green == 1 > blue
    assert temperature_gains(6500) == pytest.approx(1)
    warm, cold = (shown(temperature=k).mean((0, 1)) for k in (10_000, kelvin))
    assert warm[0] - warm[2] > 10
    assert cold[2] - cold[0] > 10


def test_motion_blur_follows_the_persons_way_and_leaves_the_ground_sharp():
    light, mask = person()
    light[:, ::4] += np.where(mask[:, ::4, None], 0, 0.2).astype(np.float32)
    across = blur_motion(light, mask, (8.0, 0.0))
    assert np.array_equal(across[:, :18], light[:, :18]), "the ground far from the person"
    assert 0.2 < across[30, 23, 0] < 0.8, "the person reaches past their outline"
    assert across[7, 30] == pytest.approx(light[7, 30], abs=1e-5), "not above the head"
    down = blur_motion(light, mask, (0.0, 8.0))
    assert down[30, 21] == pytest.approx(light[30, 21], abs=1e-5)
    assert 0.15 < down[52, 30, 0] < 0.8


@pytest.mark.parametrize("moved", [(3.0, 4.0), (6.0, -2.5), (9.0, 0.0)])
def test_a_moving_point_becomes_a_line_of_that_length_and_light(moved):
    light = spot()
    line = blur_motion(light, light[..., 0] > 0, moved)[..., 0]
    y, x = np.nonzero(line > 1e-3)
    weights = line[y, x]
    assert line.sum() == pytest.approx(1.0, abs=0.01)
    spread = np.cov(np.stack([x, y]), aweights=weights, ddof=0)
    direction = np.array(moved) / np.hypot(*moved)
    assert direction @ spread @ direction == pytest.approx(np.hypot(*moved) ** 2 / 12, rel=0.3)
    side = np.array([-direction[1], direction[0]])
    assert side @ spread @ side < 0.35


def test_motion_blur_is_the_shutter_times_the_velocity():
    light, _ = person()
    index = (light[..., 0] > 0.5) * 1
    still, moving = (
        replace(crop(0.1, (600, 300, 660, 360), velocity=velocity), light=light, index=index)
        for velocity in ((0.0, 0.0), (400.0, 0.0))
    )

    def developed(one, shutter):
        camera = replace(CAMERA, photometry=Photometry(shutter=shutter))
        return develop(replace(one, camera=camera), np.random.default_rng(0)).astype(int)

    sharp = developed(still, 0.02)
    assert np.array_equal(developed(moving, 0.0), sharp)
    widths = [(developed(moving, s)[30, :, 0] > sharp[0, 0, 0] + 8).sum() for s in (0.005, 0.02)]
    assert sharp[30, :, 0].max() > 200
    assert widths == pytest.approx([10 + 2, 10 + 8], abs=2)


def test_defocus_makes_a_disc_of_the_stated_radius():
    disc = defocus(spot(), 3.0)[..., 0]
    assert disc.sum() == pytest.approx(1.0, abs=1e-4)
    assert disc[20, 30] == pytest.approx(disc[18, 30], rel=1e-3), "flat, unlike a Gaussian"
    assert disc[20, 30 + 4] == 0
    assert disc[20, 30 + 3] > 0
    assert np.array_equal(defocus(spot(), 0.0), spot())


def test_a_coarse_sensor_keeps_the_size_and_loses_the_detail():
    edges = (np.indices((128, 64)).sum(0) // 2 % 2)[..., None] * np.ones(3)
    coarse = shown(edges, resolution=0.4)
    assert coarse.shape == (128, 64, 3)
    assert sharpness(coarse) < 0.2 * sharpness(shown(edges))
    assert coarse.mean() == pytest.approx(shown(edges).mean(), abs=3)


def test_noise_of_a_coarse_sensor_is_coarse():
    grain = shown(0.2140, noise=8, resolution=0.25)[..., 0]
    neighbours = np.corrcoef(grain[:, :-1].ravel(), grain[:, 1:].ravel())[0, 1]
    fine = shown(0.2140, noise=8)[..., 0]
    assert neighbours > 0.6 > 0.1 > np.corrcoef(fine[:, :-1].ravel(), fine[:, 1:].ravel())[0, 1]


def test_shot_noise_needs_light_and_read_noise_does_not():
    dark, bright = 0.0030, 0.5029  # linear light of display values 0.039 and 0.737
    for read_noise, ratio in ((1.0, 1.0), (0.0, (0.039 / 0.737) ** 0.5)):
        low, high = (shown(v, noise=4, read_noise=read_noise).std() for v in (dark, bright))
        assert low / high == pytest.approx(ratio, rel=0.15)
    assert shown(0.2140, noise=4, read_noise=0.7).std() == pytest.approx(4, rel=0.1)
