from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from vidsynth.people.anatomy import BODY, BONES, VERTICES
from vidsynth.people.person import Body

TALL = Body(0.9, 40.0, 0.6, 0.4, 0.7, 0.5, 1.88)
SMALL = Body(0.1, 25.0, 0.4, 0.6, 0.3, 0.6, 1.55)


def identity(count=1):
    return np.tile(np.eye(3), (count, len(BONES), 1, 1))


@pytest.fixture(scope="module")
def twisted():
    angles = np.random.default_rng(3).normal(0, 0.3, (2, len(BONES), 3))
    return Rotation.from_rotvec(angles.reshape(-1, 3)).as_matrix().reshape(2, len(BONES), 3, 3)


@pytest.mark.parametrize("body", [TALL, SMALL])
def test_a_body_is_as_tall_as_its_stature(model, body):
    shape = model.shape(body)
    assert shape.vertices.shape == (VERTICES, 3)
    assert np.ptp(shape.vertices[BODY, 2]) == pytest.approx(body.stature, abs=1e-4)


def test_weight_makes_a_body_wider(model, anatomy):
    belly = (np.abs(anatomy.rest[BODY, 2] - 0.6) < 0.03) & (np.abs(anatomy.rest[BODY, 0]) < 0.1)
    depth = [
        np.ptp(model.shape(Body(0.5, 30.0, 0.5, weight, 0.5, 0.5, 1.7)).vertices[BODY, 1][belly])
        for weight in (0.1, 0.9)
    ]
    assert depth[1] > 1.1 * depth[0]


def test_turning_no_joint_moves_the_hips_to_the_origin_and_nothing_else(model):
    shape = model.shape(TALL)
    posed = model.pose(shape, identity())[0]
    hips = shape.bones[0, 0, :3, 3].numpy()
    np.testing.assert_allclose(posed, shape.vertices - hips, atol=1e-5)


def test_posing_agrees_with_annys_own_forward(model, twisted):
    import torch

    shape = model.shape(SMALL)
    deltas = torch.eye(4).repeat(len(twisted), len(BONES), 1, 1)
    deltas[:, :, :3, :3] = torch.from_numpy(twisted.astype(np.float32))
    values = {
        "gender": 1 - SMALL.gender, "muscle": SMALL.muscle, "weight": SMALL.weight,
        "height": SMALL.height, "proportions": SMALL.proportions,
        "age": float(np.interp(SMALL.age, (12, 25), (1 / 3, 2 / 3))),
    }  # fmt: skip
    with torch.inference_mode():
        out = model._anny(
            deltas,
            phenotype_kwargs={k: torch.full((len(twisted),), v) for k, v in values.items()},
        )
    theirs = out["vertices"].numpy() - out["bone_poses"][:, :1, :3, 3].numpy()
    # anny does not know the stature.
    scale = SMALL.stature / np.ptp(out["rest_vertices"][0, BODY, 2].numpy())
    np.testing.assert_allclose(model.pose(shape, twisted), scale * theirs, atol=1e-5)


def test_rows_are_posed_as_they_are_in_the_whole(model, twisted):
    shape, rows = model.shape(TALL), np.array([5, 900, 15400, 19000])
    whole = model.pose(shape, twisted)
    np.testing.assert_allclose(model.pose(shape, twisted, rows), whole[:, rows], atol=1e-6)


def test_keypoints_are_where_a_person_has_them(model):
    points = model.keypoints(model.pose(model.shape(TALL), identity(3)))
    assert points.shape == (3, 17, 3)
    nose, left_hip, right_hip = points[0, 0], points[0, 11], points[0, 12]
    for left, right in ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)):
        assert points[0, left, 0] > 0 > points[0, right, 0], "facing -y, the left is at +x"
    assert nose[2] > left_hip[2] + 0.4
    assert nose[1] < min(left_hip[1], right_hip[1])
    heights = points[0, [5, 11, 13, 15], 2]
    assert (np.diff(heights) < -0.2).all(), "shoulder, hip, knee, ankle from the top"


def test_every_vertex_follows_bones_that_sum_to_one(model):
    np.testing.assert_allclose(model.bone_weights().sum(1), 1, atol=1e-5)


def test_the_anatomy_is_measured_in_statures(anatomy):
    assert anatomy.rest[BODY, 2].min() == pytest.approx(0, abs=1e-6)
    assert anatomy.rest[BODY, 2].max() == pytest.approx(1, abs=1e-6)
    assert set(anatomy.triangles) == {"body", "tights", "skirt", "hair", "eyes"}
    left = anatomy.bone_weight("LeftArm", "LeftForeArm", "LeftHand")
    assert anatomy.rest[left > 0.5, 0].min() > 0


def test_a_man_and_a_woman_are_those_of_anny(model):
    """anny's cup sizes shape women alone."""

    def moved(gender):
        flat, full = (
            model.shape(Body(gender, 30.0, 0.5, 0.5, 0.5, 0.5, 1.7, cupsize=cup)).vertices
            for cup in (0.1, 0.9)
        )
        return np.abs(flat - full)[BODY].max()

    assert moved(1.0) < 1e-6
    assert moved(0.0) > 0.01


@pytest.mark.parametrize("change", [{"firmness": 0.1}, {"african": 0.9}, {"asian": 0.9}])
def test_the_whole_phenotype_shapes_the_body(model, change):
    plain = Body(0.0, 60.0, 0.4, 0.6, 0.5, 0.5, 1.6, cupsize=0.8)
    one, other = (model.shape(body).vertices[BODY] for body in (plain, replace(plain, **change)))
    assert np.abs(one - other).max() > 0.003
