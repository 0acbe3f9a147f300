"""Clothes over clothes: nothing that is worn further in comes out while people walk."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial import cKDTree

from vidsynth.motion.gait import joint_rotations
from vidsynth.people.figure import SLOTS, dress
from vidsynth.wardrobe.cutting import Piece, rings
from vidsynth.wardrobe.records import NOTHING, Garment

pytestmark = pytest.mark.usefixtures("anatomy")
LAYERS = (
    ("upper", "skin"), ("upper", "lower"), ("upper", "inner"), ("lower", "skin"),
    ("shoes", "skin"), ("shoes", "lower"),
)  # fmt: skip
POKES = 0.005
"""Metres."""


def worn(kind, **cut):
    return Garment(kind, "red", (0.6, 0.1, 0.1), **({"length": 0.5, "looseness": 0.012} | cut))


TROUSERS = worn("trousers", length=0.98)
SHIRT = worn("shirt", length=0.3, looseness=0.007)
OUTFITS = {
    "t-shirt, shorts": (worn("t-shirt", sleeve=0.4), NOTHING, worn("shorts")),
    "tank top, leggings": (
        worn("tank-top"), NOTHING, worn("leggings", length=0.9, looseness=0.004)
    ),
    "shirt, jeans": (worn("shirt", sleeve=0.9), NOTHING, worn("jeans", length=0.98)),
    "sweater, short skirt": (worn("sweater", sleeve=0.95), NOTHING, worn("skirt", length=0.1)),
    "long-sleeve, skirt": (worn("long-sleeve", sleeve=1.0), NOTHING, worn("skirt", length=1.0)),
    "hoodie, trousers": (worn("hoodie", sleeve=0.95, looseness=0.024), NOTHING, TROUSERS),
    "jacket, suit trousers": (
        worn("jacket", sleeve=1.0, looseness=0.02), NOTHING, worn("suit-trousers", length=0.98)
    ),
    "coat, trousers": (worn("coat", sleeve=1.0, length=0.8, looseness=0.024), NOTHING, TROUSERS),
    "dress": (worn("dress", sleeve=0.3, length=0.6), NOTHING, replace(NOTHING, colour_name="red")),
    "open jacket": (worn("jacket", sleeve=1.0, looseness=0.02, open=0.6), SHIRT, TROUSERS),
    "open coat": (
        worn("coat", sleeve=1.0, length=0.5, looseness=0.024, open=0.8), SHIRT, TROUSERS
    ),
    "open hoodie": (worn("hoodie", sleeve=0.95, looseness=0.024, open=0.2), SHIRT, TROUSERS),
}  # fmt: skip


def faces(points, triangles):
    """Middle and normal of each triangle."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    return (a + b + c) / 3, normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12)


def poked(figure, rest, poses, outer, inner):
    """How far (K,) metres the inner layer's vertices that lie well inside the outer one come out
    of it in any of the poses."""
    triangles = figure.triangles[figure.slots == SLOTS.index(outer)]
    within = np.unique(figure.triangles[figure.slots == SLOTS.index(inner)])
    if not len(triangles) or not len(within):
        return np.zeros(0)
    used, local = np.unique(triangles, return_inverse=True)
    cloth = Piece(sparse.csr_matrix((len(used), 1)), figure.rest[used], local.reshape(-1, 3))
    edges = used[np.concatenate(rings(cloth))]
    middle, normal = faces(rest, triangles)
    distance, home = cKDTree(middle).query(rest[within], distance_upper_bound=0.06)
    from_edge, _ = cKDTree(rest[edges]).query(rest[within])
    near = np.isfinite(distance) & (from_edge > 0.03)
    within, home, distance = within[near], home[near], distance[near]
    depth = ((rest[within] - middle[home]) * normal[home]).sum(1)
    below = (depth < 0) & (distance**2 - depth**2 < 0.02**2)
    within, home = within[below], home[below]
    out = np.full(len(within), -np.inf)
    for points in poses:
        middle, normal = faces(points, triangles)
        out = np.maximum(out, ((points[within] - middle[home]) * normal[home]).sum(1))
    return out


@pytest.mark.parametrize("outfit", OUTFITS)
def test_no_layer_comes_through_another_in_any_phase_of_a_walk(model, people, outfit):
    upper, inner, lower = OUTFITS[outfit]
    looked_at = 0
    for person in people[:4]:
        clad = replace(person, upper=upper, inner=inner, lower=lower)
        shape = model.shape(clad.body)
        figure = dress(clad, shape)
        turns = joint_rotations(clad.gait, np.arange(8) / 8)
        poses = [figure.pose(body).astype(float) for body in model.pose(shape, turns)]
        rest = figure.pose(shape.vertices).astype(float)
        for layer in LAYERS:
            out = poked(figure, rest, poses, *layer)
            looked_at += len(out)
            assert (out > POKES).sum() <= 1, f"{layer[1]} through {layer[0]}"
            assert out.max(initial=0) < 0.015
    assert looked_at > 100
