"""Things are where they belong on the clothed person, and go with the body."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vidsynth.body.posture import Posture
from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.postures import apply_posture
from vidsynth.people.figure import SLOTS
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.records import Accessories, Accessory

CASES = {
    "backpack": ("bag", Posture()),
    "shoulder-bag": ("bag", Posture(left="aside")),
    "handbag": ("bag", Posture(left="carry")),
    "cap": ("head", Posture()),
    "hat": ("head", Posture()),
    "beanie": ("head", Posture()),
    "headphones": ("head", Posture()),
    "glasses": ("eyes", Posture()),
    "sunglasses": ("eyes", Posture()),
    "face-mask": ("face", Posture()),
    "scarf": ("neck", Posture()),
    "phone": ("hand", Posture(right="look")),
    "umbrella": ("hand", Posture(right="umbrella")),
}


def put_on(person, shape):
    """The dressed figure with the person's accessories on."""
    from vidsynth.motion.standing import upright
    from vidsynth.people.figure import dress
    from vidsynth.people.wearing import put_on_accessories

    still = upright(person.gait, person.posture, shape)
    return put_on_accessories(person, shape, dress(person, shape), still)


@pytest.fixture(scope="module")
def worn(model):
    """kind -> (person, shape, figure) with that thing on; bodies take turns."""
    from vidsynth.body.hands import bend_fingers

    made = {}

    def make(kind, seed):
        if (kind, seed) not in made:
            place, posture = CASES[kind]
            thing = Accessory(kind, "red", CLOTH["red"][0])
            person = replace(
                sample_person(np.random.default_rng(seed), seed + 1),
                accessories=Accessories(**{place: thing}),
                posture=posture,
                hair_style="short",
            )
            shape = bend_fingers(model.shape(person.body), posture)
            figure = put_on(person, shape)
            made[kind, seed] = person, shape, figure
        return made[kind, seed]

    return make


def walking(model, person, shape, figure, phases=4):
    """(clothes (N, 3), thing (M, 3), body (V, 3)) in moments of a walk."""
    rotations = apply_posture(
        joint_rotations(person.gait, np.arange(phases) / phases), person.posture, shape
    )
    count = figure.weights.shape[0]
    for body in model.pose(shape, rotations):
        points = figure.pose(body)
        yield points[:count], points[count:], body


@pytest.mark.parametrize("kind", CASES)
def test_a_thing_is_on_the_person_and_goes_with_them(model, worn, kind):
    person, shape, figure = worn(kind, 2)
    assert len(figure.rest) == len(figure.outline)
    assert figure.triangles.max() == len(figure.rest) - 1
    assert len(figure.slots) == len(figure.triangles)
    for clothes, thing, _ in walking(model, person, shape, figure):
        assert np.isfinite(thing).all()
        gaps = cKDTree(clothes).query(thing)[0]
        assert gaps.min() < 0.02, "it touches nobody"
        assert gaps.max() < ({"umbrella": 0.75, "handbag": 0.45}.get(kind, 0.35))


@pytest.mark.parametrize("seed", [0, 3, 14])
@pytest.mark.parametrize("kind", ["backpack", "shoulder-bag"])
def test_straps_lie_on_the_clothes(model, worn, kind, seed):
    person, shape, figure = worn(kind, seed)
    strap = [k for k, f in enumerate(figure.worn.finishes) if f.kind == "strap"]
    rows = np.unique(figure.worn.triangles[np.isin(figure.worn.slots, strap)])
    cloth = figure.triangles[: len(figure.triangles) - len(figure.worn.triangles)]
    for clothes, thing, _ in walking(model, person, shape, figure):
        ahead = thing[rows][thing[rows, 1] < np.median(clothes[:, 1])]
        gaps = cKDTree(np.vstack([clothes, clothes[cloth].mean(1)])).query(ahead)[0]
        assert len(ahead) > 40
        assert np.quantile(gaps, 0.9) < 0.035


@pytest.mark.parametrize("kind", ["cap", "hat", "beanie", "headphones", "glasses", "face-mask"])
def test_what_is_on_the_head_is_rigid_and_outside_of_it(model, anatomy, worn, kind):
    person, shape, figure = worn(kind, 3)
    skin = np.flatnonzero(anatomy.bone_weight("Head")[:13380] > 0.95)
    sizes = []
    for _, thing, body in walking(model, person, shape, figure):
        head = body[skin]
        top = thing[:, 2].max() - head[:, 2].max()
        if kind in ("cap", "hat", "beanie"):
            assert 0.0 < top < 0.09
            centre = head.mean(0)
            skull = head[head[:, 2] > np.quantile(head[:, 2], 0.97)]
            crown = cKDTree(thing - centre)
            outer = crown.query(skull - centre)[1]
            further = np.linalg.norm(thing[outer] - centre, axis=1)
            assert (further > np.linalg.norm(skull - centre, axis=1) - 0.004).mean() > 0.94
        sizes.append(np.linalg.norm(thing - thing[0], axis=1).max())
    assert np.ptp(sizes) < 1e-3


def test_a_pack_is_behind(model, worn):
    person, shape, figure = worn("backpack", 3)
    for clothes, thing, _ in walking(model, person, shape, figure, 2):
        assert thing[:, 1].max() > np.quantile(
            clothes[clothes[:, 2] > np.median(clothes[:, 2]), 1], 0.99
        )
        assert 0.40 < np.median(thing[:, 2] - clothes[:, 2].min()) / person.body.stature < 0.85


def test_hands_hold_what_is_in_them(model, anatomy, worn):
    for kind, bone in (("phone", "Right"), ("umbrella", "Right"), ("handbag", "Left")):
        person, shape, figure = worn(kind, 5)
        hand = anatomy.bone_weight(f"{bone}HandFinger1")[:13380] > 0.9
        for _, thing, body in walking(model, person, shape, figure):
            gaps = cKDTree(thing).query(body[:13380][hand])[0]
            assert np.median(gaps) < 0.06


def test_an_umbrella_is_overhead_and_not_part_of_the_box(model, worn):
    person, shape, figure = worn("umbrella", 5)
    for clothes, thing, _ in walking(model, person, shape, figure):
        assert thing[:, 2].max() > clothes[:, 2].max() + 0.1
    points = figure.pose(model.pose(shape, np.tile(np.eye(3), (1, 31, 1, 1)))[0])
    assert points[figure.outline, 2].max() < points[:, 2].max() - 0.1


def test_an_umbrella_is_held_beside_the_face_not_in_front_of_it(model, anatomy, worn):
    for seed in (2, 5, 9):
        person, shape, figure = worn("umbrella", seed)
        stick = [k for k, f in enumerate(figure.worn.finishes) if f.kind == "metal"]
        rows = np.unique(figure.worn.triangles[np.isin(figure.worn.slots, stick)])
        for _, thing, body in walking(model, person, shape, figure):
            eyes = body[np.unique(anatomy.triangles["eyes"])]
            low, high = thing[rows][:, 2].argmin(), thing[rows][:, 2].argmax()
            ends = thing[rows][[low, high]]
            at_eyes = np.interp(eyes[:, 2].mean(), ends[:, 2], ends[:, 0])
            outer = eyes[:, 0].min() - 0.01
            assert at_eyes < outer, "the stick hides the right eye"


def test_a_scarf_lies_over_long_hair(model):
    person = replace(
        sample_person(np.random.default_rng(4), 5),
        hair_style="long",
        posture=Posture(),
        accessories=Accessories(neck=Accessory("scarf", "red", CLOTH["red"][0])),
    )
    shape = model.shape(person.body)
    figure = put_on(person, shape)
    body = model.pose(shape, np.tile(np.eye(3), (1, 31, 1, 1)))[0]
    points = figure.pose(body)
    wound = points[figure.weights.shape[0] :][: 2 * 36 * 10]
    hair = points[np.unique(figure.triangles[figure.slots == SLOTS.index("hair")])]
    middle = wound[:, :2].mean(0)

    def around(spots):
        return np.arctan2(*(spots[:, :2] - middle).T)

    level = (hair[:, 2] > np.quantile(wound[:, 2], 0.2)) & (
        hair[:, 2] < np.quantile(wound[:, 2], 0.8)
    )
    behind = level & (hair[:, 1] > middle[1])
    assert behind.sum() > 20
    out = []
    for spot, angle in zip(hair[behind], around(hair[behind]), strict=True):
        beside = wound[np.abs(around(wound) - angle) < 0.15]
        out.append(np.hypot(*(spot[:2] - middle)) - np.hypot(*(beside[:, :2] - middle).T).max())
    assert np.mean(np.array(out) > 0) < 0.02, "hair pierces the scarf"


def test_a_thick_coat_carries_the_pack_further_out(model):
    person = sample_person(np.random.default_rng(0), 1)
    pack = Accessories(bag=Accessory("backpack", "red", (0.7, 0.1, 0.1)))
    shape = model.shape(person.body)
    furthest = []
    for looseness in (0.010, 0.035):
        top = replace(person.upper, kind="jacket", sleeve=1.0, length=0.5, looseness=looseness)
        clad = replace(person, upper=top, accessories=pack)
        figure = put_on(clad, shape)
        body = model.pose(shape, np.tile(np.eye(3), (1, 31, 1, 1)))[0]
        furthest.append(figure.pose(body)[figure.weights.shape[0] :, 1].max())
    assert furthest[1] > furthest[0] + 0.01


def test_rays_meet_the_last_triangle_in_their_way():
    """Against the plain intersection of every ray with every triangle."""
    from vidsynth.wardrobe.accessories.clothed import _last_hits

    rng = np.random.default_rng(2)
    corners = rng.normal(0, 1, (300, 1, 3)) + rng.normal(0, 0.3, (300, 3, 3))
    start = rng.normal(0, 0.2, (20, 3))
    way = rng.normal(0, 1, (20, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    found = _last_hits(corners, start, way)
    for k in range(20):
        last = np.nan
        for a, b, c in corners:
            t, u, v = np.linalg.solve(np.stack([way[k], a - b, a - c], 1), a - start[k])
            if t > 0 and u >= 0 and v >= 0 and u + v <= 1:
                last = np.fmax(last, t)
        assert found[k] == pytest.approx(last, nan_ok=True)
    assert np.isfinite(found).sum() > 10
