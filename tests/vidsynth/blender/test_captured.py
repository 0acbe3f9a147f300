"""A walker whom a motion file moves, in pixels."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import ALONE, mine
from tests.vidsynth.motion.made_up_bvh import walk
from vidsynth.planning.take import frames_by_cameras

pytestmark = pytest.mark.slow


def test_a_captured_walker_stands_on_the_ground_and_moves(render, alone, tmp_path):
    (tmp_path / "walk.bvh").write_text(walk())
    walker = ALONE.walkers[0]
    person = replace(walker.person, motion="walk.bvh", gait=replace(walker.person.gait, speed=1.1))
    shot = replace(
        ALONE,
        walkers=(replace(walker, person=person),),
        takes=frames_by_cameras(2, ALONE.cameras),
        fps=2.0,
        motions=tmp_path,
    )
    first, second = render("fast", shot)
    assert not np.array_equal(first.keypoints_3d, alone.keypoints_3d)
    for crop in (first, second):
        assert mine(crop).sum() > 1000
        ankles, nose = crop.keypoints_3d[[15, 16], 2], crop.keypoints_3d[0, 2]
        assert 0.02 < ankles.min() < 0.16
        assert nose > 0.85 * person.body.stature
    # Half a second on, hips are half a metre further along -y.
    hips = [crop.keypoints_3d[[11, 12]].mean(0) for crop in (first, second)]
    assert hips[0][1] - hips[1][1] == pytest.approx(0.55, abs=0.12)


def test_labels_say_which_side_of_somebody_who_goes_backwards_is_seen(render, tmp_path):
    (tmp_path / "walk.bvh").write_text(walk(backwards=True))
    walker = ALONE.walkers[0]
    person = replace(walker.person, motion="walk.bvh", gait=replace(walker.person.gait, speed=1.1))
    scene = replace(ALONE, walkers=(replace(walker, person=person),), motions=tmp_path)
    (crop,) = render("fast", scene)
    left, right = crop.keypoints_3d[[5, 6], :2]
    ahead = np.degrees(np.arctan2(*(left - right)[::-1])) - 90
    assert np.cos(np.radians(crop.heading - ahead)) > 0.97
    assert crop.heading == pytest.approx(90, abs=8), "they go along -y"
    to_camera = np.array(crop.picture.camera.position[:2]) - crop.keypoints_3d[[11, 12], :2].mean(0)
    side = np.degrees(np.arctan2(*to_camera[::-1])) - ahead
    assert np.cos(np.radians(crop.azimuth - side)) > 0.97
