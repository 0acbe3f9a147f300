from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.motion.made_up_bvh import walk
from tests.vidsynth.needs import needs_anny
from vidsynth.motion.walker import Keyframe, Walker
from vidsynth.people.sampling import sample_person

needs_anny()


MANNERS = ("walk", "run", "stand")


def performed(walker):
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform_keyframes

    return perform_keyframes(walker, body_model().shape(walker.person.body), None)


def held(manners, phases):
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform_keyframes

    person = sample_person(np.random.default_rng(3), 3)
    moments = tuple(
        Keyframe(2.0, 1.0, 0.4, phase, manner)
        for manner, phase in zip(manners, phases, strict=True)
    )
    shape = body_model().shape(person.body)
    return perform_keyframes(Walker(person, (), 0.0, 0.0, moments), shape, None), shape


def test_moments_are_each_of_their_own_manner():
    from vidsynth.body.model import body_model
    from vidsynth.motion.walking import sole_rows

    phases = np.arange(8) / 8
    mixed, shape = held(["walk", "run", "stand"] * 8, np.repeat(phases, 3))
    alone = {manner: held([manner] * 8, phases)[0] for manner in ("walk", "run", "stand")}
    for k, manner in enumerate(("walk", "run", "stand")):
        np.testing.assert_allclose(mixed.rotations[k::3], alone[manner].rotations)
        np.testing.assert_allclose(mixed.lift[k::3], alone[manner].lift)
    assert alone["run"].lift.max() > 0.01, "there is flight"
    assert not alone["walk"].lift.any()
    apart = {}
    for manner, acted in alone.items():
        soles = body_model().pose(shape, acted.rotations, sole_rows())
        apart[manner] = float(np.ptp(soles[..., 1], axis=1).max())
    assert apart["stand"] < 0.5 < apart["walk"] < apart["run"]
    np.testing.assert_allclose(alone["walk"].position, [[2.0, 1.0]] * 8)
    assert np.abs(alone["stand"].position - [2.0, 1.0]).max() < 0.1


def test_moments_do_not_follow_from_each_other_but_each_goes_at_its_own_speed():
    from vidsynth.motion.performance import ground_velocity

    person = sample_person(np.random.default_rng(3), 3)
    places = [(-8.0, 3.0, 0.0), (9.0, -5.0, np.pi / 2), (0.0, 40.0, np.pi)]
    moments = [Keyframe(*at, 0.2, how) for at, how in zip(places, MANNERS, strict=True)]
    walker = Walker(person, (), 0.0, 0.0, tuple(moments))
    acted = performed(walker)
    found = ground_velocity(acted, walker, 1.0)
    run, walk = person.gait.run_speed, person.gait.speed
    np.testing.assert_allclose(found, [[0.0, -walk], [run, 0.0], [0.0, 0.0]], atol=1e-6)
    moment = Walker(person, (), 0.0, 0.0, tuple(moments[:1]))
    np.testing.assert_allclose(ground_velocity(performed(moment), moment, 1.0), found[:1])


def test_a_phase_is_that_of_the_steps_that_are_taken():
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform

    person = sample_person(np.random.default_rng(3), 3)
    shape, times = body_model().shape(person.body), np.arange(120) / 40
    for manner in ("walk", "run"):
        walker = Walker(person, ((0.0, 30.0), (0.0, -30.0)), 5.0, 0.3, manner=manner,
                        pace=person.gait.run_speed if manner == "run" else None)  # fmt: skip
        acted = perform(walker, shape, times, None)
        assert acted.phase[0] == pytest.approx(0.3, abs=1e-6)
        assert ((acted.phase >= 0) & (acted.phase < 1)).all()
        cycles = np.unwrap(acted.phase, period=1)
        cadence = person.gait.run_cadence if manner == "run" else person.gait.cadence
        assert (cycles[-1] - cycles[0]) / times[-1] == pytest.approx(cadence / 120, rel=0.12)
        bodies = body_model().pose(shape, acted.rotations)
        joints = body_model().keypoints(bodies)
        # Facing -y: a foot is ahead where its ankle is lowest in y, about when its heel strikes.
        for ankle, strike in ((16, 0.0), (15, 0.5)):
            ahead = -joints[:, ankle, 1]
            foremost = acted.phase[ahead > np.quantile(ahead, 0.93)]
            off = (foremost - strike + 0.5) % 1 - 0.5
            assert abs(off.mean()) < 0.1, manner


def test_who_stands_has_the_phase_of_a_minute():
    from vidsynth.body.model import body_model
    from vidsynth.motion.performance import perform

    person = sample_person(np.random.default_rng(3), 3)
    shape = body_model().shape(person.body)
    walker = Walker(person, ((0.0, 0.0), (0.0, -1.0)), 0.0, 0.3, manner="stand", pace=0.0)
    still = perform(walker, shape, np.array([0.0, 6.0, 63.0]), None)
    assert still.phase == pytest.approx([0.0, 0.1, 0.05])
    moment, _ = held(["stand"], [0.1])
    assert moment.phase == pytest.approx([0.1])


@pytest.mark.parametrize(("backwards", "turned"), [(False, 0.0), (True, np.pi)])
def test_who_was_captured_going_backwards_faces_where_they_come_from(tmp_path, backwards, turned):
    """Labels say where people face, not where they go."""
    from vidsynth.body.model import body_model
    from vidsynth.body.skeleton import posed
    from vidsynth.motion.performance import ground_velocity, perform, perform_keyframes

    (tmp_path / "walk.bvh").write_text(walk(backwards=backwards))
    person = replace(sample_person(np.random.default_rng(3), 3), motion="walk.bvh")
    shape, times = body_model().shape(person.body), np.arange(24) / 12
    along = Walker(person, ((0.0, 30.0), (0.0, -30.0)), 5.0, 0.3)
    moments = tuple(Keyframe(2.0, 1.0, 0.4, phase) for phase in np.arange(8) / 8)
    asked = Walker(person, (), 0.0, 0.0, moments)
    walked = perform(along, shape, times, tmp_path)
    stood = perform_keyframes(asked, shape, tmp_path)
    for acted in (walked, stood):
        skeleton = posed(acted.rotations, shape.heads)
        hips = skeleton.position("LeftUpLeg") - skeleton.position("RightUpLeg")
        # The left hip is at the left of who faces -y.
        seen = np.exp(1j * (np.arctan2(hips[:, 1], hips[:, 0]) + acted.heading))
        assert np.angle(seen / np.exp(1j * acted.facing)) == pytest.approx(0, abs=0.05)
    assert np.cos(walked.facing - turned) == pytest.approx(1, abs=1e-3)
    assert ground_velocity(walked, along, 12.0)[:, 1].max() < -0.2, "the way is the path's"
    assert stood.facing == pytest.approx(0.4), "an image shows the side that is asked for"
