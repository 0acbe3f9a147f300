"""A lens's crop made of a pinhole's picture: painted scenes, for which the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.substitute import halves, interpolate, sources, substitute
from vidsynth.geometry.lenses import BrownConrady, Fisheye

PINHOLE = Camera(1, "plaza", 1280, 720, 800.0, (6.0, -8.0, 4.0), (0.0, 0.0, 0.9), Photometry())
CAMERAS = [
    replace(PINHOLE, lens=BrownConrady(-0.28, 0.07, 0.0008, -0.0012, -0.005)),
    replace(PINHOLE, lens=BrownConrady(0.2, 0.05, -0.003, 0.002), centre=(600.0, 420.0)),
    replace(PINHOLE, focal_px=900.0, focal_y=600.0, lens=BrownConrady(-0.15)),
    replace(PINHOLE, focal_px=450.0, lens=Fisheye(0.02, -0.01, 0.003, -0.0005)),
    replace(PINHOLE, focal_px=400.0, lens=Fisheye()),
]
BOXES = [(20, 30, 100, 190), (600, 280, 680, 440), (1190, 540, 1270, 700)]


def rays_of(camera, box):
    """World directions (H, W, 3) of the pixels of a box."""
    x, y = np.meshgrid(np.arange(box[0], box[2]) + 0.5, np.arange(box[1], box[3]) + 0.5)
    rays = camera.unproject(np.stack([x.ravel(), y.ravel()], 1))
    return rays.reshape(box[3] - box[1], box[2] - box[0], 3)


def whole(camera):
    return rays_of(camera, (0, 0, camera.width, camera.height))


def pattern(rays):
    """Light (H, W, 3) of waves some ten pixels long, a function of the direction."""
    return (1 + 0.5 * np.sin(70 * rays)).astype(np.float32)


def ball(rays, towards, radius):
    """Who is within ``radius`` radians of a direction: bool (H, W)."""
    return rays @ towards > np.cos(radius)


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda c: f"{c.lens.model}-{c.focal}")
@pytest.mark.parametrize("box", BOXES)
def test_a_resampled_crop_is_what_the_lens_sees(camera, box):
    instead = substitute(camera, box)
    assert instead is not None
    rays = rays_of(camera, box)
    points = np.array(camera.position) + 7.0 * rays.reshape(-1, 3)
    pixels = instead.camera.project(points)[0]
    assert np.abs(pixels - instead.at.reshape(-1, 2)).max() < 0.02
    shown = interpolate(pattern(whole(instead.camera)), instead.at)
    assert np.abs(shown - pattern(rays)).max() < 0.02
    # No part is magnified by more than 1 / 0.8, and few pixels are rendered in vain.
    steps = [np.linalg.norm(np.diff(instead.at, axis=k), axis=-1) for k in (0, 1)]
    assert min(step.min() for step in steps) > 0.79
    assert instead.camera.width * instead.camera.height < 2 * rays[..., 0].size


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda c: f"{c.lens.model}-{c.focal}")
@pytest.mark.parametrize("box", BOXES)
def test_ids_and_depth_agree_with_the_lens(camera, box):
    """A ball in front of a far wall: outline and place to a fraction of a pixel."""
    instead = substitute(camera, box)
    rays = rays_of(camera, box)
    towards = rays[70, 40]
    radius = 20.3 * np.arccos(np.clip((rays[70, 40] @ rays[71, 40]), -1, 1))
    seen = whole(instead.camera)
    index = np.where(ball(seen, towards, radius), 1, 0).astype(np.int16)
    away = np.where(index == 1, 6.0, 30.0)  # metres along the ray
    axis = instead.camera.R[2]
    source = sources(index, instead.at)
    mask = index[source] == 1
    truth = ball(rays, towards, radius)
    assert (mask != truth).sum() < 0.35 * np.sqrt(truth.sum()) * 4
    for found, real in zip(np.nonzero(mask), np.nonzero(truth), strict=True):
        assert found.mean() == pytest.approx(real.mean(), abs=0.25)
    depth = (away * (seen @ axis))[source] * instead.depth
    expected = np.where(mask, 6.0, 30.0)
    if camera.lens.model == "brown-conrady":
        expected = expected * (rays @ camera.R[2])
    assert np.abs(depth / expected - 1).max() < 0.01


def test_a_lamp_gets_no_ring_around_it():
    image = np.full((40, 40, 3), 0.1, np.float32)
    image[18:22, 18:22] = 60.0
    at = np.stack(np.meshgrid(np.arange(5, 35) + 0.3, np.arange(5, 35) + 0.8), -1)
    shown = interpolate(image, at)
    assert shown.dtype == np.float32
    assert shown.min() >= 0.0999
    assert shown.max() <= 60
    assert shown[:8] == pytest.approx(0.1, abs=1e-5)


def test_what_no_pinhole_covers_is_divided():
    camera = CAMERAS[-1]
    assert camera.field_of_view > 180
    assert substitute(camera, (0, 0, 1280, 720)) is None
    left, right = halves((0, 0, 1280, 720))
    assert (left, right) == ((0, 0, 640, 720), (640, 0, 1280, 720))
    assert halves((0, 0, 640, 720)) == ((0, 0, 640, 360), (0, 360, 640, 720))
    mild = replace(PINHOLE, lens=BrownConrady(-0.1))
    assert substitute(mild, (0, 0, 1280, 720)) is not None
