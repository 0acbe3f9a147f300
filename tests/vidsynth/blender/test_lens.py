"""What Cycles renders through a lens lies where the lens model says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import ALONE, FRONT, mine, seen_by
from tests.vidsynth.blender.lens_board import board, photograph_board
from vidsynth.geometry.lenses import BrownConrady, Fisheye
from vidsynth.labels.keypoints import joints_visible

pytestmark = pytest.mark.slow

BARREL = BrownConrady(-0.28, 0.07, 0.0008, -0.0012, -0.005)
CAMERAS = {
    "pinhole": FRONT,
    "fx above fy": replace(FRONT, focal_px=700.0, focal_y=500.0, centre=(290.0, 205.0)),
    "fx below fy": replace(FRONT, focal_px=500.0, focal_y=700.0, centre=(290.0, 205.0)),
    "barrel": replace(FRONT, focal_px=450.0, lens=BARREL),
    "pincushion": replace(
        FRONT, focal_px=450.0, lens=BrownConrady(0.2, 0.05, -0.001, 0.002), centre=(290.0, 205.0)
    ),
    "fisheye": replace(
        FRONT,
        focal_px=330.0,
        focal_y=300.0,
        lens=Fisheye(0.02, -0.01, 0.003, -0.0005),
        centre=(310.0, 190.0),
    ),
    "200 degrees": replace(FRONT, focal_px=210.0, lens=Fisheye()),
}


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("whole", [False, True], ids=["crops", "frame"])
def test_dots_of_a_board_are_where_they_are_projected(blender, name, whole):
    camera = CAMERAS[name]
    points = board(camera)
    pixels, depth = camera.project(points)
    light, index, found = blender.submit(photograph_board, camera, points, whole).result()
    assert np.abs(light - pixels).max() < 0.3
    # A dot's mask is a dozen whole pixels.
    assert np.sqrt(((index - pixels) ** 2).mean()) < 0.3
    assert np.abs(found / depth - 1).max() < 0.01


@pytest.mark.parametrize("name", ["fx above fy", "barrel", "pincushion", "fisheye"])
def test_labels_of_a_person_agree_with_the_pixels(render, name):
    aside = replace(CAMERAS[name], look_at=(1.6, 0.0, 1.3))
    crop = render("fast", seen_by(ALONE, aside))[0]
    assert crop.light.shape[:2] == (crop.box[3] - crop.box[1], crop.box[2] - crop.box[0])
    assert np.isfinite(crop.light).all()
    assert crop.light.min() >= 0
    assert set(np.unique(crop.index).tolist()) == {0, 1}
    y, x = np.nonzero(mine(crop))
    found = (x.min(), y.min(), x.max() + 1, y.max() + 1)
    assert found == pytest.approx(np.array(crop.body_box) - np.tile(crop.box[:2], 2), abs=2)
    assert crop.visibility > 0.97
    assert joints_visible(crop.picture, crop.person)[:3].all()
    inside = np.floor(crop.keypoints_2d - crop.box[:2]).astype(int)
    assert mine(crop)[inside[:, 1], inside[:, 0]].mean() > 0.9
    # Depth is that of the camera: the skin over a joint is a few centimetres nearer.
    joints = aside.project(crop.keypoints_3d)[1]
    before = joints - crop.depth[inside[:, 1], inside[:, 0]]
    assert -0.05 < np.median(before) < 0.25


def test_a_straight_camera_renders_the_same_after_a_lens(render, alone):
    lens = replace(FRONT, camera_id=2, lens=BARREL)
    squeezed = replace(FRONT, camera_id=3, focal_y=500.0)
    three = replace(FRONT, camera_id=4)
    crops = render("fast", seen_by(ALONE, lens, squeezed, three))
    crops = {crop.camera_id: crop for crop in crops}
    assert crops[4].body_box == alone.body_box
    assert (crops[4].index == alone.index).mean() > 0.98
    gain = crops[4].light.mean() / alone.light.mean()
    assert gain == pytest.approx(1, abs=0.02)
    assert crops[2].light.mean() == pytest.approx(alone.light.mean(), rel=0.15)
