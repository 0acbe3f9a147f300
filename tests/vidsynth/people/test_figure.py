from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import griddata
from scipy.spatial import cKDTree

from vidsynth.body.anatomy import BODY, BONES
from vidsynth.body.posture import Posture
from vidsynth.motion.gait import joint_rotations
from vidsynth.people.figure import SLOTS, dress
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.makehuman.layers import HAT
from vidsynth.wardrobe.records import Garment

STANDING = np.tile(np.eye(3), (1, len(BONES), 1, 1))


def faces(figure, slot):
    return figure.triangles[figure.slots == SLOTS.index(slot)]


def normals(vertices, triangles):
    """Outward unit normals (N, 3) of a mesh's vertices."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    summed = np.zeros(vertices.shape)
    for k in range(3):
        np.add.at(summed, triangles[:, k], np.cross(b - a, c - a))
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)


def test_slots_and_triangles_belong_together(dressed):
    for person, _, figure in dressed:
        count = len(figure.rest)
        assert len(figure.slots) == len(figure.triangles)
        absent = {HAT} | ({"inner"} if person.inner.kind == "none" else set())
        assert set(figure.slots.tolist()) == {SLOTS.index(s) for s in SLOTS if s not in absent}
        assert figure.triangles.min() >= 0
        assert figure.triangles.max() < count
        assert len(figure.push) == figure.weights.shape[0] == count
        assert np.isfinite(figure.cloth_at).all()
        owners = [set(faces(figure, slot).ravel().tolist()) for slot in SLOTS]
        assert sum(len(owner) for owner in owners) == len(set().union(*owners))


def test_a_figure_hangs_on_the_body_by_weights_that_sum_to_one(dressed):
    for _, _, figure in dressed:
        np.testing.assert_allclose(np.asarray(figure.weights.sum(1)).ravel(), 1, atol=1e-5)
        assert np.abs(figure.push).max() < 0.15


def test_posing_is_finite_and_about_as_big_as_the_person(model, dressed):
    for person, shape, figure in dressed:
        poses = joint_rotations(person.gait, np.arange(8) / 8)
        for body in model.pose(shape, poses):
            points = figure.pose(body)
            assert points.shape == figure.rest.shape
            assert np.isfinite(points).all()
            assert 0.93 < np.ptp(points[:, 2]) / person.body.stature < 1.08


@pytest.mark.parametrize("slot", ["upper", "lower", "shoes"])
@pytest.mark.parametrize("phase", [None, 0.0, 0.3])
def test_clothes_stand_off_the_body(model, anatomy, dressed, slot, phase):
    """Cloth that shows is outside the body: almost everywhere at rest, and in mid-stride."""
    sunk = []
    for person, shape, figure in dressed:
        rotations = STANDING if phase is None else joint_rotations(person.gait, np.array([phase]))
        body = model.pose(shape, rotations)[0]
        rows = np.unique(faces(figure, slot))
        hem = figure.rest[np.unique(faces(figure, "upper")), 2].min()
        cloth = figure.pose(body)[rows[(slot != "lower") | (figure.rest[rows, 2] < hem)]]
        skin = body[BODY]
        nearest = cKDTree(skin).query(cloth)[1]
        outward = normals(body, anatomy.triangles["body"])[BODY][nearest]
        sunk.append((((cloth - skin[nearest]) * outward).sum(1) < -0.004).mean())
    # The thighs of the stout touch.
    assert np.max(sunk) < (0.04 if phase is None else 0.08), np.round(sunk, 3)


def test_a_looser_top_is_wider(model, dressed):
    from dataclasses import replace

    from vidsynth.people.figure import dress

    person, shape, _ = dressed[0]
    body = model.pose(shape, STANDING)[0]
    widths = []
    for looseness in (0.010, 0.028):
        figure = dress(replace(person, upper=replace(person.upper, looseness=looseness)), shape)
        top = figure.pose(body)[np.unique(faces(figure, "upper"))]
        rest = figure.rest[np.unique(faces(figure, "upper"))]
        chest = (np.abs(rest[:, 2] - 0.68) < 0.03) & (np.abs(rest[:, 0]) < 0.12)
        widths.append(np.ptp(top[chest, 1]))
    assert widths[1] > widths[0] + 0.01


@pytest.mark.parametrize("kind", ["shirt", "jacket", "coat"])
def test_long_hair_hangs_over_a_collar(model, dressed, kind):
    person, shape, _ = dressed[0]
    loose = GARMENTS[kind].looseness[1]
    top = Garment(kind, "grey", (0.4, 0.4, 0.4), sleeve=1.0, looseness=loose)
    figure = dress(replace(person, upper=top, hair_style="long"), shape)
    points = figure.pose(model.pose(shape, STANDING)[0])
    x, y, z = figure.rest.T
    behind = (np.abs(x) < 0.04) & (y > 0) & (z > 0.83) & (z < 0.9)
    hair, collar = (
        points[[v for v in np.unique(faces(figure, slot)) if behind[v] and abs(x[v]) < wide]]
        for slot, wide in (("hair", 0.04), ("upper", 0.03))
    )
    out = griddata(hair[:, [0, 2]], hair[:, 1], collar[:, [0, 2]]) - collar[:, 1]
    assert len(collar) > 20
    assert np.nanmin(out) > -0.002


def test_skin_shows_at_face_and_hands_but_not_under_clothes(dressed):
    for _, _, figure in dressed:
        rest = figure.rest[np.unique(faces(figure, "skin"))]
        assert ((rest[:, 2] > 0.88) & (rest[:, 1] < -0.06)).any(), "no face"
        assert (rest[:, 0] > 0.28).any(), "no left hand"
        assert (rest[:, 0] < -0.28).any(), "no right hand"
        assert (np.abs(rest[:, 0]) > 0.31).any(), "no fingers"
        assert not ((np.abs(rest[:, 2] - 0.66) < 0.03) & (np.abs(rest[:, 0]) < 0.05)).any()


def test_the_face_is_tinted_and_the_rest_left_alone(dressed):
    from vidsynth.people.face import skin_tint

    for person, _, figure in dressed:
        colour = skin_tint(person, figure)
        assert colour.shape == (len(figure.rest), 4)
        assert np.isfinite(colour).all()
        assert colour.min() > 0
        assert colour.max() <= 1
        low = figure.rest[:, 2] < 0.85
        assert (colour[low] == 1).all()
        assert (colour[~low] < 1).any()


def test_a_hand_in_a_pocket_is_not_seen(model):
    person = replace(sample_person(np.random.default_rng(2), 3), posture=Posture(left="pocket"))
    figure = dress(person, model.shape(person.body))
    hands = figure.rest[np.unique(faces(figure, "skin"))][:, 0]
    assert hands.max() < 0.28, "of the left one there is the wrist"
    assert hands.min() < -0.31


def test_shoes_of_a_kind_are_sewn_once(model):
    from vidsynth.people.figure import _shod

    assert _shod("boots") is _shod("boots")
