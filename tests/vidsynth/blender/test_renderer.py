from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from tests.vidsynth.blender.filming import ALONE, PAIR, chosen_device, exposed, mine
from vidsynth.errors import RenderError
from vidsynth.run import job
from vidsynth.settings import load_config

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crops(render):
    return render("fast", PAIR)


def world(crop, pixels):
    """World points (N, 3) of a crop's ``pixels`` (H, W) bool, by its depth."""
    eye = {c.camera_id: c for c in PAIR.cameras}[crop.camera_id]
    rows, columns = np.nonzero(pixels)
    depth = crop.depth[rows, columns]
    frame = np.stack([columns + crop.box[0] + 0.5, rows + crop.box[1] + 0.5, np.ones(len(rows))])
    return ((np.linalg.inv(eye.K) @ frame * depth).T - eye.t) @ eye.R


def overlap(a, b):
    """Intersection over union of two boxes."""
    wide, high = (min(a[k + 2], b[k + 2]) - max(a[k], b[k]) for k in (0, 1))
    both = max(wide, 0) * max(high, 0)
    return both / (sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - both)


def test_crops_come_in_order_of_frame_camera_walker(crops):
    order = [(crop.frame, crop.camera_id, crop.walker) for crop in crops]
    assert order == [(f, c, w) for f in (0, 1) for c in (1, 2) for w in (0, 1)]


def test_light_fills_the_box_and_is_light(crops):
    for crop in crops:
        x0, y0, x1, y1 = crop.box
        assert crop.light.shape == (y1 - y0, x1 - x0, 3)
        assert crop.light.dtype == np.float32
        assert crop.index.shape == crop.depth.shape == crop.light.shape[:2]
        assert np.isfinite(crop.light).all()
        assert crop.light.min() >= 0
        assert 0.02 < crop.light.mean() < 1


def test_the_mask_is_where_the_body_is_projected(crops):
    for crop in crops:
        if crop.visibility < 0.97:
            continue
        rows, columns = np.nonzero(mine(crop))
        x0, y0 = crop.box[:2]
        found = (columns.min() + x0, rows.min() + y0, columns.max() + x0 + 1, rows.max() + y0 + 1)
        assert overlap(found, crop.body_box) > 0.9


def test_nothing_but_walkers_is_in_the_index(crops):
    for crop in crops:
        assert mine(crop).sum() > 1000
        assert set(np.unique(crop.index).tolist()) <= {0, 1, 2}


def test_keypoints_fall_on_the_person(crops):
    for crop in crops:
        assert crop.keypoints_3d.shape == (17, 3)
        x0, y0, x1, y1 = crop.body_box
        nose, *ankles = crop.keypoints_2d[[0, 15, 16]]
        for x, y in (nose, *ankles):
            assert x0 <= x <= x1
            assert y0 <= y <= y1
        assert nose[1] < y0 + 0.2 * (y1 - y0)
        assert max(y for _, y in ankles) > y0 + 0.75 * (y1 - y0)


def test_depth_is_metres_from_the_camera(crops):
    for crop in crops:
        assert np.abs(crop.depth[mine(crop)] - crop.distance).max() < 1


def test_a_person_stands_on_the_ground(crops):
    for crop in crops:
        if crop.visibility < 0.97:
            continue
        height = world(crop, mine(crop))[:, 2]
        stature = PAIR.walkers[crop.walker].person.body.stature
        assert abs(np.quantile(height, 0.002)) < 0.04
        assert abs(height.max() - stature) < 0.09
        assert abs(np.median(world(crop, crop.index == 0)[-200:, 2])) < 0.02


def test_a_shot_renders_to_the_same_bits_every_time(render, alone):
    again = render("fast", ALONE)[0]
    np.testing.assert_array_equal(again.light, alone.light)
    np.testing.assert_array_equal(again.index, alone.index)
    np.testing.assert_array_equal(again.depth, alone.depth)
    assert again.box == alone.box


def test_another_seed_is_another_picture(render, alone):
    other = render("fast", replace(ALONE, seed=8))[0]
    assert other.box == alone.box
    assert not np.array_equal(other.light, alone.light)


def test_a_still_scene_has_other_noise_with_another_seed(blender):
    """Blender keeps the scene between two crops; the seed must reach it all the same."""
    first, second, again = blender.submit(exposed, (1, 2, 1)).result()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, again)


def test_quality_changes_the_pixels_but_not_the_picture(render, alone):
    finer = render("standard", ALONE)[0]
    assert finer.box == alone.box
    assert not np.array_equal(finer.light, alone.light)
    assert np.abs(finer.light - alone.light).mean() < 0.1 * alone.light.mean()


@pytest.mark.skipif(find_spec("bpy") is None, reason="bpy is not installed")
def test_a_missing_gpu_is_known_before_the_first_shot(tmp_path, monkeypatch):
    """A worker that cannot start ends the run at once, in one paragraph."""
    for devices in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):
        monkeypatch.setenv(devices, "")
    config = load_config(
        overrides=["render.device=gpu", "sites=[mall]"], identities=2, cameras=2, frames=4
    )
    with pytest.raises(RenderError, match=r"does not start: .*render\.device=auto"):
        job.render(config, tmp_path / "set", workers=1, progress=False)


def test_auto_is_the_cpu_whatever_blender_finds(blender):
    assert blender.submit(chosen_device, "auto").result() == "CPU"
