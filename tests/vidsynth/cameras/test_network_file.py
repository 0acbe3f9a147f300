"""Cameras given as JSON: read as written, and refused by name where they cannot be."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from pydantic import ValidationError

from vidsynth.cameras.network_file import _LIMITS, camera_record
from vidsynth.config import CameraConfig, TrackletConfig
from vidsynth.errors import CameraError
from vidsynth.planning.tracklets import TrackletPlan

EAST = {"site": "plaza", "position": [6, -8, 4], "look_at": [0, 0, 0.9], "focal": 900}
NORTH = {"site": "plaza", "position": [0, 9, 3], "look_at": [0, 0, 0.9], "focal": 1500}
ASIDE = {"site": "plaza", "position": [9, 2.5, 5], "look_at": [6.9, 2, 0], "focal": 3000}
HALL = {"site": "mall", "position": [0, -8, 3], "look_at": [0, 0, 0.9], "focal": 800}


@pytest.fixture
def given(tmp_path):
    def plan(*records, camera=None, **settings):
        path = tmp_path / "network.json"
        path.write_text(records[0] if isinstance(records[0], str) else json.dumps(records))
        values = {"camera": {"network": path, **(camera or {})}, **settings}
        return TrackletPlan(TrackletConfig.model_validate(values))

    return plan


def test_a_written_network_is_read_as_the_same_cameras(given):
    drawn = TrackletPlan(TrackletConfig(cameras=11))
    again = given(*[camera_record(camera) for camera in drawn.cameras])
    again.check()
    assert again.cameras == drawn.cameras
    assert again.network.sites == drawn.network.sites
    assert again.network.positions == drawn.network.positions


def test_what_is_left_out_is_drawn_as_for_a_camera_of_that_number(given):
    plan = given(EAST, {**NORTH, "photometry": {"gamma": 1.4}}, HALL)
    looks = [camera.photometry for camera in TrackletPlan(TrackletConfig()).cameras]
    assert plan.network.camera(1).photometry == looks[0]
    assert asdict(plan.network.camera(2).photometry) == {**asdict(looks[1]), "gamma": 1.4}
    assert (plan.network.camera(3).width, plan.network.camera(3).height) == (1280, 720)


def test_position_and_look_at_put_the_point_in_the_middle(given):
    camera = given(EAST, NORTH).network.camera(1)
    pixels, depth = camera.project(np.array([[0, 0, 0.9], [0, 0, 1.9]]))
    assert pixels[0] == pytest.approx([640, 360])
    assert depth[0] == pytest.approx(np.linalg.norm([6, 8, 3.1]))
    assert pixels[1, 1] < 360, "up is up"


def test_a_calibration_may_have_roll_and_an_off_centre_axis(given):
    base = given(EAST, NORTH).network.camera(1)
    roll = np.radians(10)
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    K = [[950, 0, 600], [0, 950, 380], [0, 0, 1]]
    R, t = turn @ base.R, turn @ base.t
    plan = given({"site": "plaza", "K": K, "R": R.round(7).tolist(), "t": t.tolist()}, NORTH)
    camera = plan.network.camera(1)
    plan.check()
    assert camera.position == pytest.approx(base.position, abs=1e-5)
    points = np.array([[1.0, 0.5, 1.2], [-1, 2, 0]])
    homogeneous = (np.array(K) @ (R @ points.T + t[:, None])).T
    expected = homogeneous[:, :2] / homogeneous[:, 2:]
    assert camera.project(points)[0] == pytest.approx(expected, abs=1e-2)
    assert given(camera_record(camera), NORTH).network.camera(1) == camera


def test_only_cameras_that_see_the_same_film_together(given):
    plan = given(EAST, NORTH, ASIDE, HALL, identities=40, cameras_per_shot=3)
    plan.check()
    teams = {outline.camera_ids for outline in plan.outlines}
    assert teams == {(1, 2), (3,), (4,)}
    for outline in plan.outlines[:2]:
        assert {camera.site for camera in plan.shot(outline.index).cameras} == {outline.site}


def test_ids_may_have_gaps(given):
    plan = given({**EAST, "camera_id": 7}, {**HALL, "camera_id": 31})
    assert [camera.camera_id for camera in plan.cameras] == [7, 31]
    assert plan.network.digits == 2


def changed(**values):
    return {**EAST, **values}


def without(key):
    return {name: value for name, value in EAST.items() if name != key}


def calibrated(**values):
    camera = {"site": "plaza", "K": [[900, 0, 640], [0, 900, 360], [0, 0, 1]]}
    R = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
    return {**camera, "R": R.tolist(), "t": (-R @ [0, -8, 3]).tolist(), **values}


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (("{",), "expected JSON"),
        (('{"cameras": []}',), "expected a list of cameras"),
        ((EAST,), "expected 2 to 40 cameras .* found 1"),
        ((EAST,) * 41, "expected 2 to 40 cameras .* found 41"),
        ((changed(camera_id=3), {**NORTH, "camera_id": 3}), "Camera 3 .* is there twice"),
        ((changed(camera_id=0), NORTH), "Camera number 1 .* camera_id .* 1 to 99, found 0"),
        ((changed(site="atlantis"), NORTH), "Camera 1 is at 'atlantis', which is no site"),
        ((without("site"), NORTH), "Camera 1 .* expected site"),
        ((changed(focal=0), NORTH), "Camera 1 .* focal length above 0 pixels, found 0"),
        ((changed(focal=-900), NORTH), "above 0 pixels, found -900"),
        ((changed(focal=0.001), NORTH), "focal length of 0.001 pixels .* no lens has"),
        ((changed(position=[6, -8, 1e6]), NORTH), "Camera 1 at plaza sees nobody taller than 0"),
        ((changed(focal="long"), NORTH), "expected focal to be one finite numbers, found 'long'"),
        ((without("focal"), NORTH), "expected K or focal"),
        ((without("look_at"), NORTH), "expected K, R and t, or position, look_at and focal"),
        ((changed(look_at=[6, -8, 0]), NORTH), "straight up or down"),
        ((changed(position=[6, -8]), NORTH), "expected position to be 3 finite numbers"),
        ((changed(width=10), NORTH), "expected width to be a whole number 320 to 3840"),
        ((changed(focl=3), NORTH), "unknown key focl: did you mean focal"),
        ((changed(photometry={"gama": 1}), NORTH), "photometry.gama: did you mean gamma"),
        ((changed(photometry={"gamma": 9}), NORTH), "photometry.gamma to be 0.3 to 3, found 9"),
        ((changed(photometry={"white_balance": [1, 0, 1]}), NORTH), "3 gains"),
        ((calibrated(K=[[0, 0, 1], [0, 0, 1], [0, 0, 1]]), NORTH), "above 0 in K"),
        (
            (calibrated(K=[[900, 0, 1], [0, 200, 1], [0, 0, 1]]), NORTH),
            "fx and fy in K within a factor of 3",
        ),
        ((calibrated(K=[[900, 9, 1], [0, 900, 1], [0, 0, 1]]), NORTH), "no skew"),
        ((calibrated(K=[[900, 0, 9999], [0, 900, 1], [0, 0, 1]]), NORTH), "principal point"),
        ((calibrated(R=[[1, 0, 0], [0, 2, 0], [0, 0, 1]]), NORTH), "expected R to be a rotation"),
        ((calibrated(R=[[1, 0, 0], [0, 1, 0], [0, 0, -1]]), NORTH), "found a mirror"),
        ((calibrated(R=np.nan), NORTH), "expected R to be 3 x 3 finite numbers"),
        ((calibrated(position=[1, -8, 3]), NORTH), "R and t put it at .* position at"),
        ((calibrated(position=[0, -8, 3], look_at=[5, 0, 3]), NORTH), "R does not look at"),
    ],
)
def test_bad_records_name_the_camera_and_what_is_wrong(given, records, said):
    with pytest.raises(CameraError, match=said):
        given(*records).check()


def test_photometry_has_the_bounds_of_the_settings():
    for key, (low, high) in _LIMITS.items():
        assert getattr(CameraConfig.model_validate({key: [low, high]}), key).support == (low, high)
        for beyond in ([low, high + 1], [low - 1, high]):
            with pytest.raises(ValidationError):
                CameraConfig.model_validate({key: beyond})


def test_a_missing_file_is_named(tmp_path):
    config = TrackletConfig.model_validate({"camera": {"network": tmp_path / "none.json"}})
    with pytest.raises(CameraError, match=r"JSON in .*none\.json, found: no such file"):
        TrackletPlan(config).check()


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (changed(position=[6, -8, -1]), "Camera 1 at plaza is under ground: its height is -1 m"),
        (changed(position=[0, 24, 3]), "Camera 1 at plaza is inside something solid"),
        ({**HALL, "position": [0, -12, 3]}, "Camera 1 at mall is outside the building"),
        ({**HALL, "position": [0, -8, 5.5]}, "Camera 1 at mall is outside the building"),
        (changed(look_at=[12, -16, 3]), "Camera 1 at plaza sees none .* it looks elsewhere"),
        (changed(position=[0, 60, 3]), "Camera 1 at plaza sees none .* stands in the way"),
    ],
)
def test_a_camera_that_cannot_be_there_is_refused(given, record, said):
    with pytest.raises(CameraError, match=said):
        given(record, NORTH).check()


def test_views_are_checked_for_given_cameras_too(given):
    with pytest.raises(CameraError, match="Cameras 1 and 2 at plaza see the same ground"):
        given(EAST, NORTH, camera={"views": "disjoint"}).check()
    with pytest.raises(CameraError, match=r"Cameras 1 and 2 at plaza share \d+% .* wants 20%"):
        given(EAST, ASIDE, camera={"views": "overlapping"}).check()


def test_cameras_of_a_site_agree_where_it_lies_and_that_it_is_rendered(given):
    with pytest.raises(CameraError, match="Cameras 1 and 2 put plaza at"):
        given(changed(site_at=[0, 5]), {**NORTH, "site_at": [0, 9]}).check()
    with pytest.raises(CameraError, match=r"Camera 2 is at mall, which is not among sites=\[plaza"):
        given(EAST, HALL, sites=("plaza",)).check()
