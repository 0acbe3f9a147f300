from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.develop.test_photometry import crop
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.labels.keypoints import joints_visible

CAMERA = Camera(1, "plaza", 1280, 720, 900.0, (10, 0, 1.2), (0, 0, 1.2), Photometry())
NOSE, LEFT_KNEE = 0, 13


@pytest.fixture
def standing():
    """Somebody facing the camera at 10 m: joints in a plane, skin 4 cm before them."""
    joints = np.zeros((17, 3))
    joints[:, 1] = np.linspace(-0.3, 0.3, 17)
    joints[:, 2] = np.linspace(1.65, 0.1, 17)
    box = (590, 300, 690, 470)
    found = crop(0.2, box, CAMERA, keypoints_3d=joints, keypoints_2d=CAMERA.project(joints)[0])
    return replace(found, depth=np.full((170, 100), 9.96, np.float32))


def visible(picture):
    return joints_visible(picture, picture.people[0])


def test_joints_under_the_skin_are_visible(standing):
    assert visible(standing).all()


def test_a_joint_behind_something_is_not(standing):
    x, y = np.floor(standing.people[0].keypoints_2d[LEFT_KNEE]).astype(int)
    depth = standing.depth.copy()
    depth[y - 300, x - 590] = 8.0
    found = visible(replace(standing, depth=depth))
    assert not found[LEFT_KNEE]
    assert found.sum() == 16


def test_a_joint_out_of_the_crop_is_not(standing):
    person = replace(standing.people[0], box=(590, 330, 690, 470))
    found = joints_visible(standing, person)
    assert not found[NOSE]
    assert found[LEFT_KNEE]


def test_a_face_turned_away_is_hidden_by_the_head(standing):
    depth = standing.depth - 0.15
    found = visible(replace(standing, depth=depth.astype(np.float32)))
    assert not found[:5].any()
    assert found[11:13].all(), "hips lie deeper"
