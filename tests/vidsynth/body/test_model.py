import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from vidsynth.body import prepared
from vidsynth.body.anatomy import BODY, BONES, VERTICES
from vidsynth.body.growth import age_axis
from vidsynth.body.phenotype import Body
from vidsynth.body.prepared import load_anny
from vidsynth.errors import RenderError

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
    hips = shape.heads[0]
    np.testing.assert_allclose(posed, shape.vertices - hips, atol=1e-5)


@pytest.fixture(scope="module")
def strangers():
    """Bodies from all over the space of phenotypes, its corners among them."""
    rng = np.random.default_rng(11)
    bodies = []
    for k in range(6):
        part = rng.uniform(0, 1, 9) if k else rng.integers(0, 2, 9).astype(float)
        faces = rng.dirichlet(np.ones(3))
        bodies.append(
            Body(
                *(part[0], rng.uniform(12, 85), *part[1:5], rng.uniform(1.4, 2.0)),
                **{"cupsize": part[5], "firmness": part[6]},
                **dict(zip(("african", "asian", "caucasian"), faces, strict=True)),
            )
        )
    return bodies


def test_bodies_poses_and_keypoints_are_annys_own(model, twisted, strangers):
    import torch
    from anny import KeypointsRegressor

    anny = load_anny()
    labels = anny.phenotype_labels
    keypoints = KeypointsRegressor.coco(anny).to(torch.float64)
    deltas = torch.eye(4).repeat(len(twisted), len(BONES), 1, 1)
    deltas[:, :, :3, :3] = torch.from_numpy(twisted.astype(np.float32))
    for body in strangers:
        values = {name: value for name, value in vars(body).items() if name in labels} | {
            "gender": 1 - body.gender,
            "age": age_axis(body.age, body.gender),
        }
        with torch.inference_mode():
            out = anny(
                deltas,
                phenotype_kwargs={k: torch.full((len(twisted),), v) for k, v in values.items()},
            )
            theirs = out["vertices"] - out["bone_poses"][:, :1, :3, 3]
            points = keypoints({"vertices": theirs.double()})[:, :17].numpy()
        # anny does not know the stature.
        scale = body.stature / np.ptp(out["rest_vertices"][0, BODY, 2].numpy())
        shape = model.shape(body)
        posed = model.pose(shape, twisted)
        np.testing.assert_allclose(
            shape.heads, scale * out["rest_bone_heads"][0].numpy(), atol=1e-5, rtol=0
        )
        np.testing.assert_allclose(posed, scale * theirs.numpy(), atol=1e-5, rtol=0)
        np.testing.assert_allclose(model.keypoints(posed), scale * points, atol=1e-5, rtol=0)


def test_a_worker_needs_neither_anny_nor_torch_and_bodies_do_not_depend_on_threads(model):
    """``model``: prepared by now."""
    script = (
        "import sys, hashlib, numpy as np\n"
        "from scipy.spatial.transform import Rotation\n"
        "from vidsynth.body.model import body_model\n"
        "from vidsynth.body.anatomy import anatomy\n"
        "from vidsynth.people.person import Body\n"
        "model = body_model()\n"
        "turns = Rotation.random(93, random_state=1).as_matrix().reshape(3, 31, 3, 3)\n"
        "posed = model.pose(model.shape(Body(0.3, 30.0, 0.4, 0.6, 0.3, 0.6, 1.6)), turns)\n"
        "found = posed, model.keypoints(posed), anatomy().rest\n"
        "print(sorted({'torch', 'anny'} & set(sys.modules)))\n"
        "print(hashlib.sha256(b''.join(a.tobytes() for a in found)).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().startswith("[]\n")


def test_the_arrays_are_mapped_not_read(model):
    """Workers share them: 0.14 GB."""
    shapes = model.prepared.vertex_shapes
    assert isinstance(shapes.base, np.memmap)
    assert shapes.nbytes > 1e8


def test_a_machine_that_cannot_prepare_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(prepared.sys, "executable", shutil.which("false"))
    with pytest.raises(RenderError, match=r"exit code 1\): it wrote nothing\. It needs anny"):
        prepared.load_prepared()


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
    assert set(anatomy.triangles) == {"body", "skin", "tights", "skirt", "hair", "eyes"}
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
