"""Distortion in a camera network: read as written, drawn as set, refused where it cannot be."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.vidsynth.cameras.test_network_file import EAST, NORTH
from vidsynth.cameras.network_file import camera_record
from vidsynth.cameras.views import person_boxes
from vidsynth.cli import app
from vidsynth.config import TrackletConfig
from vidsynth.errors import CameraError
from vidsynth.geometry.lenses import BrownConrady, Fisheye
from vidsynth.planning.tracklets import TrackletPlan

BARREL = {"model": "brown-conrady", "coefficients": [-0.28, 0.07, 0.0008, -0.0012, -0.005]}
FISHEYE = {"model": "fisheye", "coefficients": [0.02, -0.01, 0.003, -0.0005]}


@pytest.fixture
def given(tmp_path):
    def plan(*records):
        path = tmp_path / "network.json"
        path.write_text(json.dumps(records))
        return TrackletPlan(TrackletConfig.model_validate({"camera": {"network": path}}))

    return plan


def east(**values):
    return {**EAST, **values}


def test_both_models_and_opencvs_list_are_read(given):
    plan = given(east(distortion=BARREL), {**NORTH, "distortion": FISHEYE}, {**EAST, "site": "mall",
                 "distortion": [-0.2, 0.05, 0.001, 0.002]})  # fmt: skip
    lenses = [camera.lens for camera in plan.cameras]
    assert lenses == [
        BrownConrady(-0.28, 0.07, 0.0008, -0.0012, -0.005),
        Fisheye(0.02, -0.01, 0.003, -0.0005),
        BrownConrady(-0.2, 0.05, 0.001, 0.002),
    ]
    for none in (None, [0, 0, 0, 0, 0]):
        assert given(east(distortion=none), NORTH).network.camera(1).lens is None


def test_a_written_lens_is_read_as_the_same_camera(given):
    K = [[900, 0, 600], [0, 870, 380], [0, 0, 1]]
    squeezed = {key: value for key, value in EAST.items() if key != "focal"} | {"K": K}
    plan = given({**squeezed, "distortion": BARREL}, {**NORTH, "distortion": FISHEYE})
    plan.check()
    assert plan.network.camera(1).focal == (900, 870)
    records = [camera_record(camera) for camera in plan.cameras]
    assert records[0]["distortion"] == BARREL
    assert records[1]["distortion"] == FISHEYE
    assert given(*json.loads(json.dumps(records))).cameras == plan.cameras


def test_a_camera_without_a_lens_is_written_as_before(given):
    record = camera_record(given(EAST, NORTH).network.camera(1))
    assert "distortion" not in record
    assert list(record)[5:8] == ["K", "R", "t"]


def test_drawn_cameras_have_none_unless_asked_for():
    plain = TrackletPlan(TrackletConfig()).cameras
    assert all(camera.lens is None and camera.focal_y is None for camera in plain)
    config = TrackletConfig.model_validate({"camera": {"distortion": [-0.2, -0.1]}})
    bent = TrackletPlan(config).cameras
    assert [camera.photometry for camera in bent] == [camera.photometry for camera in plain]
    shifts = []
    for camera in bent:
        # The corner's direction, seen without the lens, lies farther out: barrel distortion.
        corner = np.array([[camera.width, camera.height]], float)
        point = np.array(camera.position) + 5.0 * camera.unproject(corner)
        straight = replace(camera, lens=None).project(point)[0] - camera.principal
        real = corner - camera.principal
        shifts.append(float(np.linalg.norm(real) / np.linalg.norm(straight)) - 1)
    assert all(shift + 1e-4 >= -0.2 and shift - 1e-4 <= -0.1 for shift in shifts)
    assert len({round(shift, 3) for shift in shifts}) > 4
    TrackletPlan(config).check()


@pytest.mark.parametrize("distortion", [-0.25, 0.25])
@pytest.mark.parametrize("focal", [10, 36])
def test_no_drawn_lens_folds_its_frame(distortion, focal):
    settings = {"distortion": distortion, "focal": focal, "mount_height": 3}
    config = TrackletConfig.model_validate({"camera": settings, "sites": ["plaza"]})
    for camera in TrackletPlan(config).cameras:
        assert np.isfinite(camera.field_of_view)


def test_people_beside_a_barrel_lens_are_not_folded_into_the_frame(given):
    lens = {"model": "brown-conrady", "coefficients": [-0.3, 0, 0, 0, 0]}
    camera = given(east(focal=1200, distortion=lens), NORTH).network.camera(1)
    across = camera.R[0, :2] / np.linalg.norm(camera.R[0, :2])
    aside = np.array([s * d * across for s in (-1, 1) for d in (9.0, 12.0, 20.0)])
    boxes = person_boxes(camera, aside, 1.7)
    assert ((boxes[:, 0] > camera.width) | (boxes[:, 2] < 0)).all()


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (east(distortion=[-0.8, 0, 0, 0]), r"folds the picture \d+ pixels .* reaches out to 734"),
        (
            east(distortion={"model": "fisheye", "coefficients": [-0.6, 0, 0, 0]}),
            r"Camera 1 of .* folds the picture \d+ pixels from the principal point",
        ),
        (east(distortion=FISHEYE, focal=150), "more than 220 degrees, the most that fisheye"),
        (
            east(distortion=[-0.06, 0.0028, 0, 0, -0.00004], focal=192),
            "more than 160 degrees.* calibrate it as a fisheye",
        ),
        (east(distortion=FISHEYE, focal=1e-300), "the frame reaches 734 pixels"),
        (east(distortion=BARREL, focal=1e-300), "folds the picture 0 pixels"),
        (east(distortion=[0.1]), "k1, k2, p1, p2 and perhaps k3, found 1 values"),
        (east(distortion=[0.1] * 8), "found 8 values"),
        (east(distortion="barrel"), "expected distortion to be"),
        (east(distortion={"model": "fisheye"}), "expected distortion to be"),
        (east(distortion={**FISHEYE, "model": "fish-eye"}), "did you mean fisheye"),
        (east(distortion={**FISHEYE, "model": 3}), "unknown distortion.model 3"),
        (east(distortion={**FISHEYE, "coefficients": [0.1, 0, 0]}), "fisheye to be k1, k2, k3, k4"),
        (east(distortion={**BARREL, "coefficients": [0, 0, 0, True]}), "numbers within 1000"),
        (east(distortion=[float("nan"), 0, 0, 0]), "numbers within 1000"),
        (east(distortion=[1e300, 0, 0, 0]), "numbers within 1000"),
        (east(distorsion=[0, 0, 0, 0]), "did you mean distortion"),
    ],
)
def test_a_lens_that_cannot_be_is_refused_by_name(given, record, said):
    with pytest.raises(CameraError, match=said):
        given(record, NORTH).check()


def test_a_folding_lens_ends_the_command_before_it_renders(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(json.dumps([east(distortion=[-0.8, 0, 0, 0]), NORTH]))
    words = ["render-tracklets", "--output", str(tmp_path / "set"), f"camera.network={path}"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "folds the picture" in result.stderr
    assert len(result.stderr.strip().split("\n\n")) == 1
    assert not (tmp_path / "set").exists()
    result = CliRunner().invoke(app, [*words[:-1], "camera.distortion=0.4"])
    assert result.exit_code == 2
    assert "camera.distortion" in result.stderr
