import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.colour import to_display
from vidsynth.develop.photometry import (
    develop,
    develop_still,
    encode_jpeg,
    incoming,
    sharpness,
)
from vidsynth.develop.picture import RenderedPerson, RenderedPicture
from vidsynth.geometry.lenses import BrownConrady, Fisheye
from vidsynth.places.sky.air import Air
from vidsynth.planning.take import Take

CAMERA = Camera(1, "plaza", 1280, 720, 900.0, (8, 0, 3), (0, 0, 1), Photometry())


def crop(light, box=(600, 300, 664, 428), camera=CAMERA, **person):
    """A picture that is all of one person, 10 m away; ``person`` says what else labels say."""
    shape = (box[3] - box[1], box[2] - box[0])
    image = np.broadcast_to(np.asarray(light, dtype=np.float32), (*shape, 3))
    joints = {"keypoints_3d": np.zeros((17, 3)), "keypoints_2d": np.zeros((17, 2))}
    angles = {"azimuth": 0.0, "depression": 0.0, "distance": 10.0}
    shown = {"body_box": box, "visibility": 1.0, "truncation": 0.0, **joints, **angles, **person}
    return RenderedPicture(
        Take(0, camera), camera, box, image, np.ones(shape, np.int16), np.full(shape, 10.0),
        (RenderedPerson(walker=0, box=box, **shown),),
    )  # fmt: skip


def shown(light=0.18, box=(600, 300, 664, 428), fog=0.0, **look):
    picture = crop(light, box, replace(CAMERA, photometry=Photometry(**look)))
    return develop(picture, np.random.default_rng(0), Air(fog=fog)).astype(float)


def test_a_grey_card_looks_grey():
    assert shown().mean() == pytest.approx(255 * to_display(np.array(0.18)), abs=1)
    assert to_display(np.array([0.0, 1.0])).tolist() == pytest.approx([0, 1], abs=1e-6)


def test_each_knob_moves_the_picture_its_way():
    assert shown(exposure_ev=-1).mean() < shown().mean() < shown(exposure_ev=1).mean()
    assert shown(gamma=1.4).mean() < shown().mean() < shown(gamma=0.8).mean()
    warm = shown(white_balance=(1.3, 1.0, 0.8)).mean((0, 1))
    assert warm[0] > warm[1] > warm[2]
    red = (0.4, 0.1, 0.1)
    assert np.ptp(shown(red, saturation=0.3)[0, 0]) < np.ptp(shown(red)[0, 0])
    assert np.ptp(shown(red, saturation=0)[0, 0]) <= 1
    corner = (0, 0, 64, 128)
    assert shown(box=corner, vignetting=0.4).mean() < shown(box=corner).mean() - 10
    assert shown(vignetting=0.4).mean() == pytest.approx(shown().mean(), abs=1)


def test_kept_light_develops_to_the_same_picture():
    look = Photometry(exposure_ev=0.4, gamma=1.3, noise=4, blur=0.7, contrast=1.2, saturation=0.7)
    light = np.random.default_rng(1).uniform(0, 1.5, (128, 64, 3))
    picture = replace(crop(0.2, camera=replace(CAMERA, photometry=look)), light=light)
    fog = Air(fog=0.02, glow=(0.4, 0.4, 0.4))
    whole = develop(picture, np.random.default_rng(0), fog)
    kept = develop_still(incoming(picture, fog), look, np.random.default_rng(0))
    np.testing.assert_array_equal(kept, whole)


def test_highlights_roll_off_without_turning_round():
    steps = [shown(light).mean() for light in (0.5, 0.8, 1.0, 1.5, 3.0)]
    assert steps == sorted(steps)
    assert steps[2] < 255


def test_noise_has_the_stated_deviation_at_mid_grey():
    mid = 0.2140  # linear light of display value 0.5
    assert shown(mid, noise=5).std() == pytest.approx(5, rel=0.1)
    assert shown(0.0, noise=0).std() == 0


def test_blur_lowers_sharpness():
    edges = (np.indices((128, 64)).sum(0) // 4 % 2)[..., None] * np.ones(3)
    assert sharpness(shown(edges, blur=1.5)) < 0.5 * sharpness(shown(edges))


def test_fog_draws_light_towards_the_horizon():
    dark = [shown(0.02, fog=fog).mean() for fog in (0.0, 0.02, 0.06)]
    assert dark == sorted(dark)
    assert dark[2] > dark[0] + 20


@pytest.mark.parametrize("lens", [None, BrownConrady(-0.1), Fisheye(0.02)])
def test_fog_is_as_thick_as_things_are_far_wherever_they_are_in_the_frame(lens):
    """Of a wall 20 m from the camera all around, no part is nearer: depth along the optical axis,
    which is what is rendered, falls off to the sides."""
    camera = replace(CAMERA, focal_px=640.0, lens=lens)
    air = Air(fog=0.05, glow=(1.0, 1.0, 1.0))
    for box in ((608, 296, 672, 424), (0, 0, 64, 128), (1216, 592, 1280, 720)):
        x, y = np.meshgrid(np.arange(box[0], box[2]) + 0.5, np.arange(box[1], box[3]) + 0.5)
        rays = camera.unproject(np.stack([x.ravel(), y.ravel()], 1))
        depth = camera.project(camera.position + 20 * rays)[1].reshape(x.shape)
        picture = replace(crop(0.0, box, camera), depth=depth)
        assert incoming(picture, air) == pytest.approx(1 - np.exp(-0.05 * 20), abs=1e-3)


def test_noise_is_the_same_for_the_same_stream():
    assert np.array_equal(shown(noise=4), shown(noise=4))


def test_jpeg_quality_trades_bytes_for_truth():
    pixels = np.random.default_rng(0).integers(0, 255, (64, 32, 3), dtype=np.uint8)
    small, large = encode_jpeg(pixels, 30), encode_jpeg(pixels, 95)
    assert len(small) < len(large)
    assert Image.open(io.BytesIO(small)).size == (32, 64)
