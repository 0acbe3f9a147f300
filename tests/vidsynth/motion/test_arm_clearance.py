"""Arms hang and swing beside what people wear, not in it."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from vidsynth.body.posture import Posture
from vidsynth.motion.walker import Walker
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.records import Accessories, Accessory, Garment

needs_anny()


def worn(kind, **cut):
    return Garment(kind, "red", (0.6, 0.1, 0.1), **({"length": 0.5, "looseness": 0.012} | cut))


OUTFITS = {
    "coat": (worn("coat", sleeve=1.0, length=0.8, looseness=0.03), worn("trousers", length=0.98)),
    "dress": (worn("dress", sleeve=0.3, length=0.7), worn("leggings", length=0.9)),
    "hoodie": (worn("hoodie", sleeve=0.95, looseness=0.024), worn("jeans", length=0.98)),
    "t-shirt": (worn("t-shirt", sleeve=0.4), worn("shorts")),
}


def degrees_turned(before, after):
    trace = np.trace(after @ before.swapaxes(-1, -2), axis1=-2, axis2=-1)
    return np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1)))


def inside(points, triangles, sign):
    """Share of points (N, 3) from which a ray to the side meets triangles (F, 3, 3) an odd number
    of times."""
    a, b, c = (triangles[:, k, 1:] for k in range(3))
    odd = np.zeros(len(points), bool)
    for k, point in enumerate(points):
        p = point[1:]
        area = cross(b - a, c - a)
        u, v = cross(p - a, c - a) / area, cross(b - a, p - a) / area
        at, along, aside = triangles[:, 0, 0], triangles[:, 1, 0], triangles[:, 2, 0]
        x = at + u * (along - at) + v * (aside - at)
        hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (sign * (x - point[0]) > 0.003)
        odd[k] = hit.sum() % 2
    return odd.mean()


def cross(a, b):
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def hands_in_clothes(person, manner, dressed):
    """Share of each hand that is in cloth, of eight moments; ``dressed``: arms know of it."""
    from vidsynth.body.hands import bend_fingers
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform
    from vidsynth.people.figure import SLOTS, dress

    shape = bend_fingers(body_model().shape(person.body), person.posture)
    figure = dress(person, shape)
    walker = Walker(person, ((0.0, 8.0), (0.0, -8.0)), 1.5, 0.2, manner=manner)
    trunk = figure.trunk(shape) if dressed else shape.vertices[:1]
    acted = perform(walker, shape, np.arange(8) / 7, None, trunk)
    skin = np.unique(figure.triangles[figure.slots == SLOTS.index("skin")])
    cloth = np.isin(figure.slots, [SLOTS.index("upper"), SLOTS.index("lower")])
    cloth &= (np.abs(figure.rest[figure.triangles, 0]) < 0.16).all(1)
    shares = []
    for body in body_model().pose(shape, acted.rotations):
        points = figure.pose(body).astype(float)
        for sign in (1, -1):
            hand = skin[sign * figure.rest[skin, 0] > 0.25][::9]
            shares.append(inside(points[hand], points[figure.triangles[cloth]], sign))
    return np.array(shares)


@pytest.mark.parametrize("outfit", OUTFITS)
def test_hands_stay_out_of_clothes(outfit):
    upper, lower = OUTFITS[outfit]
    known, unknown = [], []
    for seed in (0, 3, 5):
        person = sample_person(np.random.default_rng(seed), seed + 1)
        person = replace(person, upper=upper, lower=lower, posture=Posture())
        known.append(hands_in_clothes(person, "walk", True))
        unknown.append(hands_in_clothes(person, "walk", False))
    assert np.max(known) < 0.5
    assert np.mean(known) < 0.06
    assert np.mean(unknown) > 0.01 + 2 * np.mean(known), "nothing would have had to move"


def test_arms_go_out_as_far_as_a_body_is_stout_and_stay_there():
    from vidsynth.body.model import body_model
    from vidsynth.motion.arm_clearance import keep_arms_clear
    from vidsynth.motion.gait import joint_rotations

    person = sample_person(np.random.default_rng(1), 1)
    plain = joint_rotations(replace(person.gait, arm_abduction=4.0), np.arange(24) / 24)
    turned = []
    for weight in (0.1, 0.7, 1.0):
        shape = body_model().shape(replace(person.body, weight=weight, muscle=0.4))
        change = degrees_turned(plain, keep_arms_clear(plain, shape))
        assert np.ptp(change, axis=0).max() < 1e-3, "the same at every moment"
        turned.append(float(change.max()))
    assert turned[0] <= turned[1] < turned[2] < 20
    assert turned[0] < 5


def test_hands_that_are_meant_to_touch_stay_where_they_are():
    from vidsynth.body.model import body_model
    from vidsynth.motion.arm_clearance import keep_arms_clear
    from vidsynth.motion.postures import apply_posture

    person = sample_person(np.random.default_rng(1), 1)
    shape = body_model().shape(person.body)
    rest = np.tile(np.eye(3), (4, 31, 1, 1))
    folded = apply_posture(rest, Posture("look", "look"), shape)
    np.testing.assert_array_equal(keep_arms_clear(folded, shape), folded)


def test_an_arm_hangs_beside_the_bag_not_in_it():
    from vidsynth.body.hands import bend_fingers
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform
    from vidsynth.motion.standing import upright
    from vidsynth.people.figure import SLOTS, dress
    from vidsynth.people.wearing import put_on_accessories

    upper, lower = OUTFITS["coat"]
    bag = Accessories(bag=Accessory("shoulder-bag", "red", (0.7, 0.1, 0.1)))
    known, unknown = [], []
    for seed in (1, 6):
        person = replace(
            sample_person(np.random.default_rng(seed), 1),
            upper=upper, lower=lower, accessories=bag, posture=Posture(left="aside"),
        )  # fmt: skip
        shape = bend_fingers(body_model().shape(person.body), person.posture)
        still = upright(person.gait, person.posture, shape)
        figure = put_on_accessories(person, shape, dress(person, shape), still)
        walker = Walker(person, ((0.0, 8.0), (0.0, -8.0)), 1.5, 0.2)
        trunk, at_hips = figure.trunk(shape), figure.at_hips(shape)
        assert len(at_hips)
        skin = np.unique(figure.triangles[figure.slots == SLOTS.index("skin")])
        hand = skin[figure.rest[skin, 0] > 0.25][::5]
        fabric = [k for k, f in enumerate(figure.worn.finishes) if f.kind == "fabric"]
        sewn = len(figure.triangles) - len(figure.worn.triangles)
        cloth = figure.triangles[sewn:][np.isin(figure.worn.slots, fabric)]
        for found, given in ((known, at_hips), (unknown, None)):
            acted = perform(walker, shape, np.arange(8) / 7, None, trunk, bag=given)
            for body in body_model().pose(shape, acted.rotations):
                points = figure.pose(body).astype(float)
                found.append(inside(points[hand], points[cloth], 1))
    assert np.mean(known) < 0.02
    assert np.mean(unknown) > 0.02 + 2 * np.mean(known), "nothing would have had to move"
