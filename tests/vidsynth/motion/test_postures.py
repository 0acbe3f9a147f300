from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from vidsynth.body.anatomy import BODY, BONES
from vidsynth.body.posture import Posture
from vidsynth.motion.gait import joint_rotations
from vidsynth.people.sampling import sample_person

needs_anny()

PHASES = np.arange(12) / 12


@pytest.fixture(scope="module")
def walkers():
    from vidsynth.body.model import body_model

    people = [sample_person(np.random.default_rng(k), k + 1) for k in (0, 4, 14)]
    return [(p, body_model().shape(p.body), joint_rotations(p.gait, PHASES)) for p in people]


def joints(rotations, shape):
    """(T, 31, 3) places of the joints, hips at the origin."""
    from vidsynth.body.skeleton import posed

    return posed(rotations, shape.heads).positions.swapaxes(0, 1)


def bone(name):
    return BONES.index(name)


ARMS = ("aside", "carry", "look", "call", "umbrella", "strap", "pocket")


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_one_arm_alone_does_it_and_the_legs_walk_on(walkers, arm, side):
    from vidsynth.motion.postures import apply_posture

    for _, shape, rotations in walkers:
        held = apply_posture(rotations, replace(Posture(), **{side: arm}), shape)
        unit = np.broadcast_to(np.eye(3), held.shape)
        np.testing.assert_allclose(held @ held.swapaxes(-1, -2), unit, atol=1e-6)
        np.testing.assert_allclose(np.linalg.det(held), 1, atol=1e-6)
        moved = {n for n in BONES if np.abs(held[:, bone(n)] - rotations[:, bone(n)]).max() > 1e-6}
        name = side.capitalize()
        mine = {name + part for part in ("Arm", "ForeArm", "Hand")}
        assert moved <= mine | ({"Neck", "Head"} if arm == "look" else set())
        assert f"{name}Arm" in moved


def test_who_does_nothing_walks_as_before(walkers):
    from vidsynth.motion.postures import apply_posture

    _, shape, rotations = walkers[0]
    assert apply_posture(rotations, Posture(), shape) is rotations


def test_left_mirrors_right(walkers):
    from vidsynth.motion.postures import apply_posture

    _, shape, rotations = walkers[0]
    still = np.broadcast_to(np.eye(3), rotations[:1].shape).copy()
    for arm in ("look", "call", "umbrella", "strap", "pocket"):
        wrists = [
            joints(apply_posture(still, replace(Posture(), **{side: arm}), shape), shape)[
                0, bone(f"{side.capitalize()}Hand")
            ]
            for side in ("left", "right")
        ]
        np.testing.assert_allclose(wrists[0] * [-1, 1, 1], wrists[1], atol=2e-3)


def test_hands_get_where_they_are_to_be(walkers):
    from vidsynth.motion.postures import _ears, apply_posture

    for person, shape, rotations in walkers:
        size = person.body.stature

        def wrist(arm, rotations=rotations, shape=shape):
            spots = joints(apply_posture(rotations, Posture(right=arm), shape), shape)
            return spots[:, bone("RightHand")], spots

        at, spots = wrist("call")
        ear = shape.vertices[_ears()["Right"]] - shape.heads[bone("Head")]
        gap = np.linalg.norm(at - spots[:, bone("Head")] - ear, axis=1)
        assert gap.max() < 0.13 * size
        at, spots = wrist("look")
        assert (at[:, 1] < spots[:, bone("RightArm"), 1] - 0.10 * size).all()
        assert (at[:, 2] > spots[:, bone("Hips"), 2] + 0.08 * size).all()
        at, spots = wrist("pocket")
        assert np.abs(at[:, 2] - spots[:, bone("RightUpLeg"), 2]).max() < 0.07 * size
        at, spots = wrist("strap")
        assert np.linalg.norm(at - spots[:, bone("RightArm")], axis=1).max() < 0.16 * size


def test_a_carrying_arm_is_straight_and_swings_less(walkers):
    from vidsynth.motion.postures import apply_posture

    for _, shape, rotations in walkers:
        free = joints(rotations, shape)
        held = joints(apply_posture(rotations, Posture(left="carry"), shape), shape)

        def swing(spots):
            return np.ptp(spots[:, bone("LeftHand"), 1] - spots[:, bone("LeftArm"), 1])

        assert swing(held) < 0.6 * swing(free)
        reach = np.linalg.norm(held[:, bone("LeftHand")] - held[:, bone("LeftArm")], axis=1)
        arm = sum(
            np.linalg.norm(held[:, bone(a)] - held[:, bone(b)], axis=1)
            for a, b in (("LeftArm", "LeftForeArm"), ("LeftForeArm", "LeftHand"))
        )
        assert (reach > 0.98 * arm).all()


def test_looking_at_a_phone_bows_the_head(walkers):
    from vidsynth.body.skeleton import turn_of
    from vidsynth.motion.postures import apply_posture

    for _, shape, rotations in walkers:
        face = np.array([0, -1.0, 0])
        before, after = (
            (turn_of(r, "Head") @ face)[:, 2]
            for r in (rotations, apply_posture(rotations, Posture(right="look"), shape))
        )
        assert (after < before - 0.25).all()


def test_hands_close_and_the_rest_stays(walkers):
    from vidsynth.body.anatomy import anatomy
    from vidsynth.body.hands import bend_fingers

    _, shape, _ = walkers[0]
    fingers = anatomy().bone_weight("LeftHandFinger1")
    rows = np.flatnonzero(fingers[BODY] > 0.9)
    relaxed, closed = bend_fingers(shape, Posture()), bend_fingers(shape, Posture(left="carry"))
    wrist = shape.heads[bone("LeftHand")]
    reach = [
        np.linalg.norm(s.vertices[rows] - wrist, axis=1).max() for s in (shape, relaxed, closed)
    ]
    assert reach[0] > reach[1] > reach[2] + 0.01
    assert np.isfinite(closed.vertices).all()
    hands = ("LeftHandFinger1", "RightHandFinger1", "LThumb", "RThumb", "LeftHand", "RightHand")
    others = anatomy().bone_weight(*hands) == 0
    np.testing.assert_array_equal(closed.vertices[others], shape.vertices[others])


def tips(shape, side):
    from vidsynth.body.fingers import INDEX, fingers

    return np.stack([finger.spots(shape.vertices)[3] for finger in fingers()[side][INDEX:]])


def width(points):
    return np.linalg.norm(points[-1] - points[0])


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_fingers_of_a_free_hand_lie_together_and_a_runners_are_closed(walkers, side):
    from vidsynth.body.fingers import fingers
    from vidsynth.body.hands import bend_fingers

    for person, shape, _ in walkers:
        free, running = bend_fingers(shape, Posture()), bend_fingers(shape, Posture(), running=True)
        splayed, together = tips(shape, side), tips(free, side)
        assert width(together) < 0.75 * width(splayed)
        # Beside each other, not through each other.
        gaps = np.linalg.norm(np.diff(together, axis=0), axis=1) / person.body.stature
        assert (gaps > 0.006).all()
        assert (gaps < 0.022).all()
        wrist = shape.heads[bone(f"{side}Hand")]
        reach = [np.linalg.norm(t - wrist, axis=1) for t in (together, tips(running, side))]
        assert (reach[1] < 0.8 * reach[0]).all()
        # What holds a phone in a run still does.
        phone = Posture(**{side.lower(): "look"})
        held = [bend_fingers(shape, phone, running=r).vertices for r in (False, True)]
        rows = fingers()[side][1].rows
        np.testing.assert_array_equal(held[0][rows], held[1][rows])


def test_closing_a_hand_does_not_turn_its_palm(walkers):
    from vidsynth.body.hands import bend_fingers, hand_axes

    _, shape, _ = walkers[0]
    heads = shape.heads
    closed = bend_fingers(shape, Posture(left="carry"))
    for before, after in zip(
        hand_axes(heads, shape.vertices, "Left"), hand_axes(heads, closed.vertices, "Left"),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(before, after, atol=1e-6)
