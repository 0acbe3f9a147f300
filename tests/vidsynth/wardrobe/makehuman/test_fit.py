from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vidsynth.body.anatomy import BODY
from vidsynth.motion.gait import joint_rotations
from vidsynth.people.assets import give_assets
from vidsynth.people.figure import SLOTS, dress
from vidsynth.wardrobe.makehuman import basemesh
from vidsynth.wardrobe.makehuman.asset import load
from vidsynth.wardrobe.makehuman.catalogue import catalogue
from vidsynth.wardrobe.makehuman.fit import fit


@pytest.fixture(scope="module")
def walking(model, people):
    """(person, shape, posed bodies (T, V, 3)) of two people."""
    chosen = [p for p in people if not p.upper.open][:2]
    shapes = [model.shape(person.body) for person in chosen]
    phases = np.array([0.0, 0.3, 0.6])
    return [
        (p, s, model.pose(s, joint_rotations(p.gait, phases)))
        for p, s in zip(chosen, shapes, strict=True)
    ]


def test_the_base_mesh_is_that_of_our_bodies(anatomy):
    base = basemesh.base_mesh()
    gap = np.linalg.norm(base[BODY] - anatomy.rest[BODY], axis=1)
    assert gap.max() < 0.06, "the same vertices in nearly the same places, of another build"


def test_unposed_clothes_lie_where_the_format_says(walking, folder):
    for _, shape, _ in walking:
        for asset in catalogue(folder):
            meant = basemesh.fitted(asset.clothing, shape.vertices.astype(float))
            got = fit(asset, shape).piece.weights @ shape.vertices
            np.testing.assert_allclose(got, meant, atol=1e-5)


def test_weights_sum_to_one(walking, folder):
    for asset in catalogue(folder):
        weights = fit(asset, walking[0][1]).piece.weights
        np.testing.assert_allclose(np.asarray(weights.sum(1)).ravel(), 1, atol=1e-6)


@pytest.mark.parametrize("name", ["clothes/tunic/tunic", "clothes/work_pants/work_pants"])
def test_cloth_keeps_its_distance_from_the_body_in_every_pose(walking, folder, name):
    asset = load(folder, name)
    for _, shape, bodies in walking:
        weights = fit(asset, shape).piece.weights
        bound = (shape.vertices[asset.clothing.bound] * asset.clothing.shares[..., None]).sum(1)
        still = np.linalg.norm(weights @ shape.vertices - bound, axis=1)
        for body in bodies:
            under = (body[asset.clothing.bound] * asset.clothing.shares[..., None]).sum(1)
            moved = np.linalg.norm(weights @ body - under, axis=1)
            assert np.quantile(np.abs(moved - still), 0.95) < 0.002
            assert np.abs(moved - still).max() < 0.012


def test_offsets_turn_with_the_body(model, walking, folder):
    """A hat on a body that is turned as a whole is the same hat, turned."""
    _, shape, _ = walking[0]
    weights = fit(load(folder, "clothes/top_hat/top_hat"), shape).piece.weights
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]], float)
    np.testing.assert_allclose(
        weights @ (shape.vertices @ quarter.T), (weights @ shape.vertices) @ quarter.T, atol=1e-5
    )
    rotations = np.tile(np.eye(3), (1, 31, 1, 1))
    rotations[0, 18] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]  # the head alone
    nodded = weights @ model.pose(shape, rotations)[0]
    upright = weights @ shape.vertices
    assert np.ptp(nodded[:, 1]) == pytest.approx(np.ptp(upright[:, 2]), abs=0.01)


def test_a_hat_fits_a_small_head_and_a_large_one(model, people, folder):
    asset = load(folder, "clothes/top_hat/top_hat")
    for person in people[:4]:
        shape = model.shape(person.body)
        points = fit(asset, shape).piece.weights @ shape.vertices
        skull = shape.vertices[BODY][shape.vertices[BODY, 2] > 0.96 * shape.vertices[BODY, 2].max()]
        assert points[:, 2].max() > skull[:, 2].max() + 0.02
        np.testing.assert_allclose(points[:, :2].mean(0), skull[:, :2].mean(0), atol=0.02)


def assets_on(person, folder):
    return give_assets(
        [person], catalogue(folder), 1.0, np.random.default_rng(0), np.random.default_rng
    )


def test_a_figure_wears_them_with_texture_coordinates_and_without_hidden_skin(walking, folder):
    for person, shape, bodies in walking:
        worn = assets_on(person, folder)
        figure = dress(worn, shape, folder)
        assert set(figure.paints) == {"upper", "lower", "shoes", "hair"}
        assert figure.uv.shape == (len(figure.triangles), 3, 2)
        upper = figure.slots == SLOTS.index("upper")
        assert np.ptp(figure.uv[upper], axis=(0, 1)).min() > 0.3
        posed = figure.pose(bodies[1])
        assert np.isfinite(posed).all()
        skin = np.unique(figure.triangles[figure.slots == SLOTS.index("skin")])
        trunk = figure.rest[skin, 2]
        aside = np.abs(figure.rest[skin, 0])
        assert not ((trunk > 0.5) & (trunk < 0.8) & (aside < 0.08)).any()


def test_a_garment_over_an_asset_and_under_one(walking, folder):
    person, shape, bodies = walking[0]
    worn = assets_on(person, folder)
    for mixed in (replace(worn, upper=person.upper), replace(worn, lower=person.lower)):
        figure = dress(mixed, shape, folder)
        posed = figure.pose(bodies[0])
        upper, lower = (
            posed[np.unique(figure.triangles[figure.slots == SLOTS.index(slot)])]
            for slot in ("upper", "lower")
        )
        # Nothing of the legs is outside the top where both are: near the axis of the trunk.
        both = lower[lower[:, 2] > upper[:, 2].min() + 0.06]
        gap, near = cKDTree(upper).query(both)
        axis = upper[:, :2].mean(0)
        out = np.linalg.norm(both[:, :2] - axis, axis=1)
        over = np.linalg.norm(upper[near][:, :2] - axis, axis=1)
        assert np.mean((out > over + 0.01) & (gap < 0.05)) < 0.05


def test_without_a_folder_nobody_wears_any(walking):
    person, shape, _ = walking[0]
    figure = dress(person, shape)
    assert figure.uv is None
    assert not figure.paints
