"""Labels of a render: visible joints, velocity, and cameras of any calibration."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import (
    ALONE,
    FRONT,
    PAIR,
    camera,
    mine,
    red_over_blue,
    seen_by,
    towards_minus_y,
)
from vidsynth.cameras.camera import upright
from vidsynth.labels.keypoints import joints_visible
from vidsynth.labels.sighting import Sighting
from vidsynth.places.sites.site import Lamp
from vidsynth.places.sky.air import Air
from vidsynth.seeds import Purpose, stream

pytestmark = pytest.mark.slow

FACE, SHOULDERS, HIPS, KNEES = slice(0, 3), slice(5, 7), slice(11, 13), slice(13, 15)


def test_a_front_view_shows_the_face_and_a_back_view_does_not(render, alone):
    seen = joints_visible(alone.picture, alone.person)
    assert seen[FACE].all()
    assert seen[SHOULDERS].all()
    assert seen[HIPS].all()
    assert seen.sum() >= 12
    behind = camera(1, 0.0, 6.0)
    crop = render("fast", seen_by(ALONE, behind))[0]
    back = joints_visible(crop.picture, crop.person)
    assert not back[FACE].any()
    assert back[SHOULDERS].all()


def test_joints_behind_another_person_are_hidden(render):
    shade = towards_minus_y(red_over_blue(3), 0.0, -1.6)
    behind, front = render("fast", replace(ALONE, walkers=(*ALONE.walkers, shade)))
    assert joints_visible(behind.picture, behind.person)[KNEES.start :].sum() == 0
    assert joints_visible(front.picture, front.person).sum() >= 12


def test_a_joint_out_of_frame_is_hidden(render):
    low = replace(FRONT, look_at=(0.0, 0.0, 2.1))
    crop = render("fast", seen_by(ALONE, low))[0]
    assert crop.truncation > 0.05
    seen = joints_visible(crop.picture, crop.person)
    out = crop.keypoints_2d[:, 1] >= low.height
    assert out.any()
    assert not seen[out].any()
    assert seen[FACE].all()


def test_velocity_is_how_far_the_person_gets(render):
    crops = {(c.frame, c.camera_id, c.walker): c for c in render("fast", PAIR)}
    for camera_id in (1, 2):
        for walker in (0, 1):
            first, second = (crops[frame, camera_id, walker] for frame in (0, 1))
            step = (second.keypoints_2d - first.keypoints_2d)[[5, 6, 11, 12]].mean(0)
            x, y = np.array(first.velocity) / PAIR.fps - step
            assert abs(x) < 4
            assert abs(y) < 9, "steps go up and down as well"
    across = np.array(crops[0, 2, 0].velocity)
    assert abs(across[0]) > 60 > abs(across[1])


def test_a_rolled_camera_with_its_axis_off_the_middle_sees_what_it_projects(render):
    roll = np.radians(12)
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    R = turn @ upright(FRONT.position, FRONT.look_at)
    rows = tuple(tuple(float(v) for v in row) for row in R)
    odd = replace(FRONT, rotation=rows, centre=(250.0, 210.0))
    crop = render("fast", seen_by(ALONE, odd))[0]
    y, x = np.nonzero(mine(crop))
    found = (x.min(), y.min(), x.max() + 1, y.max() + 1)
    expected = np.array(crop.body_box) - np.tile(crop.box[:2], 2)
    assert found == pytest.approx(expected, abs=3)
    assert joints_visible(crop.picture, crop.person)[FACE].all()


def direct_light(scene, crop):
    """Kind, azimuth and elevation as labels say them."""
    return Sighting(
        scene, crop.picture, crop.person, np.zeros((4, 4, 3), np.uint8), Air(), ""
    ).light


def test_labels_say_which_way_people_go_how_fast_and_in_which_step(render):
    crops = {(c.frame, c.walker): c for c in render("fast", seen_by(PAIR, FRONT))}
    for walker in (0, 1):
        first, second = crops[0, walker], crops[1, walker]
        gait = PAIR.walkers[walker].person.gait
        moved = (second.keypoints_3d - first.keypoints_3d)[[5, 6, 11, 12], :2].mean(0) * PAIR.fps
        assert np.hypot(*moved) == pytest.approx(first.speed, rel=0.15)
        assert first.speed == pytest.approx(gait.speed, rel=0.05)
        assert first.heading == pytest.approx(270, abs=0.5), "along -y"
        assert np.degrees(np.arctan2(moved[1], moved[0])) % 360 == pytest.approx(270, abs=8)
        assert first.phase == pytest.approx(0.1, abs=1e-5)
        rate = (second.phase - first.phase) % 1 * PAIR.fps
        # A cycle is not even: over an eighth of a second it may be half as fast again.
        assert 0.5 < rate / (gait.cadence / 120) < 1.6


def test_the_sun_is_where_labels_say_and_lights_that_side(render):
    sunny = replace(ALONE, weather="sunny", hour="forenoon")
    turn = np.degrees(stream(sunny.sky, Purpose.SUN).uniform(0, 2 * np.pi)) - 90
    found = []
    for side in (0.0, 180.0):
        x, y = 6 * np.cos(np.radians(turn + side)), 6 * np.sin(np.radians(turn + side))
        scene = seen_by(sunny, camera(1, float(x), float(y)))
        crop = render("fast", scene)[0]
        kind, azimuth, elevation = direct_light(scene, crop)
        assert kind == "sun"
        assert elevation == pytest.approx(26, abs=1e-3)
        assert abs(azimuth) == pytest.approx(side, abs=1e-2)
        # A camera exposes for the side that it sees.
        found.append(crop.picture.light[mine(crop)].mean() / crop.picture.exposure.gain)
    assert found[0] > 1.3 * found[1]


def test_at_night_the_lamp_overhead_lights_and_indoors_no_sun_does(render):
    lamp = Lamp((1.0, 0.0, 4.0), 300.0, 0.3, outdoor=True)
    lit = replace(ALONE, hour="night", weather="sunny", place=replace(ALONE.place, lamps=(lamp,)))
    crop = render("fast", lit)[0]
    kind, azimuth, elevation = direct_light(lit, crop)
    middle = crop.keypoints_3d[:, 2].mean() / 2 + 0.45
    assert kind == "lamp"
    # FRONT looks along +y: its right, which is the lamp's side, is +x.
    assert azimuth == pytest.approx(90, abs=12)
    assert elevation == pytest.approx(np.degrees(np.arctan2(4 - middle, 1.0)), abs=6)
    dark = replace(ALONE, place=replace(ALONE.place, indoor=True))
    kind, azimuth, elevation = direct_light(dark, render("fast", dark)[0])
    assert kind == ""
    assert np.isnan([azimuth, elevation]).all()
