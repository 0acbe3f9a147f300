"""Images of one person through Blender: views, photographs, occluders and companions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.blender.filming import ALONE, crop_of, mine
from vidsynth.develop.backdrop import behind
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.take import frames_by_cameras
from vidsynth.settings import load_image_config

pytestmark = pytest.mark.slow


def portray(config, index):
    """Run in Blender's process: the takes of a batch and their crops."""
    from vidsynth.blender.renderer import Renderer

    batch = ImagePlan(config).shot(index)
    return batch.takes, list(map(crop_of, Renderer("fast", "cpu", config.boxes).render(batch)))


def shoot(blender, *words):
    config = load_image_config(None, ["sites=[plaza]", "view.height=96", *words], identities=2)
    return blender.submit(portray, config, 0).result()


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    """A green wall over a grey floor."""
    path = tmp_path_factory.mktemp("photographs") / "wall.png"
    pixels = np.full((240, 320, 3), 128, np.uint8)
    pixels[:120] = (40, 160, 40)
    Image.fromarray(pixels).save(path)
    return path


def test_a_grid_goes_round_the_person(blender):
    words = ("grid.views=4", "hours=[noon]", "weathers=[overcast]", "view.depression=15")
    takes, crops = shoot(blender, *words, "view.distance=4", "pose.phase=0.3")
    assert [crop.azimuth for crop in crops] == pytest.approx([0, 90, 180, 270], abs=1e-3)
    assert [crop.depression for crop in crops] == pytest.approx([15] * 4, abs=1e-3)
    for crop, take in zip(crops, takes, strict=True):
        assert crop.distance == pytest.approx(take.camera.view.distance, abs=1e-3)
        _, top, _, bottom = crop.body_box
        assert bottom - top == pytest.approx(take.camera.view.height, rel=0.02)
        assert crop.visibility > 0.9
        assert mine(crop).mean() > 0.2
        assert 0.02 < crop.light.mean() < 1
    joints = np.array([crop.keypoints_3d for crop in crops])
    assert np.ptp(joints, axis=0).max() < 1e-3, "one pose, seen from all sides"


def test_an_umbrella_takes_nothing_of_the_height_that_is_asked_for(blender):
    words = ("accessories.umbrella=1", "accessories.phone=0", "cameras_per_identity=1")
    takes, crops = shoot(blender, *words, "images_per_camera=1", "view.distance=5")
    assert takes[0].camera.view.height == pytest.approx(96, rel=0.26)
    _, top, _, bottom = crops[0].body_box
    assert bottom - top == pytest.approx(takes[0].camera.view.height, rel=0.02)


def test_light_comes_through_an_umbrella(blender):
    """Faces under one are darker than others, but no black holes."""

    def face(*words):
        words += ("cameras_per_identity=1", "images_per_camera=1", "view.azimuth=0", "seed=2")
        words += ("view.depression=10", "sites=[mall]")
        _, (crop,) = shoot(blender, *words, "accessories.phone=0", "accessories.sunglasses=0")
        x0, y0 = crop.box[:2]
        x, y = crop.keypoints_2d[:3].mean(0) - (x0, y0)
        around = np.s_[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3]
        return crop.light[around].mean()

    share = face("accessories.umbrella=1") / face("accessories.umbrella=0")
    assert 0.3 < share < 0.9


def test_the_light_of_an_image_comes_from_where_its_labels_say(blender):
    words = ("hours=[noon]", "weathers=[sunny]", "cameras_per_identity=1", "images_per_camera=2")
    words += ("light.azimuth={choice: [-70, 70]}", "light.elevation=20", "look.exposure_ev=0")
    takes, crops = shoot(blender, *words, "seed=3", "view.azimuth=0", "view.depression=10")
    for crop, take in zip(crops, takes, strict=True):
        assert crop.lit_by.kind == "sun"
        assert crop.lit_by.elevation == pytest.approx(20, abs=1e-3)
        x, y, _ = -crop.picture.camera.R[2]
        side = crop.lit_by.bearing - np.degrees(np.arctan2(y, x))
        assert (side + 180) % 360 - 180 == pytest.approx(take.light.azimuth, abs=1e-3)


def test_a_photograph_is_behind_the_person_and_their_shadow_on_it(blender, photograph):
    words = (f"backgrounds.directory={photograph.parent}", "view.depression=8")
    words += ("light.azimuth=60", "light.intensity=2", "images_per_camera=1")
    _, crops = shoot(blender, *words, "cameras_per_identity=1")
    crop = crops[0]
    mask = mine(crop)
    # Under the film's transparent parts is the picture: a green wall above grey ground.
    rows = np.flatnonzero(mask.any(1))
    head, foot = rows[0], rows[-1]
    sides = ~mask
    above, below = crop.light[: head + 20][sides[: head + 20]], crop.light[foot - 8 : foot + 1]
    assert above[:, 1].mean() > 2 * above[:, 0].mean()
    ground = below[sides[foot - 8 : foot + 1]]
    assert ground.mean(0) == pytest.approx(ground.mean(), rel=0.1)
    # Somewhere on the ground it is darker than the picture is.
    assert ground.mean(1).min() < 0.8 * np.quantile(ground.mean(1), 0.9)


def test_tracklets_have_photographs_too(render, alone, photograph):
    camera, backdrop = ALONE.cameras[0], Backdrop(photograph)
    takes = frames_by_cameras(1, (camera,), backdrops={camera.camera_id: backdrop})
    crop = render("fast", replace(ALONE, takes=takes))[0]
    assert crop.box == alone.box
    assert (crop.index == alone.index).mean() > 0.99
    np.testing.assert_array_equal(crop.keypoints_2d, alone.keypoints_2d)
    # Beside the head neither person nor shadow is: there is the picture as the camera sees it.
    shown = behind(backdrop, camera, crop.box)
    assert crop.light[:12, :6] == pytest.approx(shown[:12, :6], abs=0.03)
    assert crop.light[:12, :6] != pytest.approx(alone.light[:12, :6], abs=0.03)


def test_what_stands_in_front_hides_the_person(blender, tmp_path):
    pixels = np.zeros((80, 80, 4), np.uint8)
    pixels[:, 20:60] = (200, 30, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "board.png")
    words = ("occluders.probability=1", "occluders.cover=0.5", "companion.probability=0.5")
    words += (f"occluders.directory={tmp_path}", "occluders.kinds=[box,pole,rail,picture]")
    takes, crops = shoot(blender, *words, "cameras_per_identity=1", "images_per_camera=8")
    seen = {"box": [], "pole": [], "rail": [], "picture": []}
    for crop, take in zip(crops, takes, strict=True):
        seen[take.occluder.kind].append(crop.visibility)
    hidden = [share for shares in seen.values() for share in shares]
    assert max(hidden) < 0.97
    assert np.mean(hidden) < 0.8
    shown = [take.bystanders for take in takes]
    assert [bool((c.index == 2).any()) for c in crops if c.frame == shown.index(True)]
    for crop, accompanied in zip(crops, shown, strict=True):
        assert accompanied or not (crop.index == 2).any()
