import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.walking import Stride, measure_stride, placement
from vidsynth.people.sampling import sample_person

EVEN = Stride(np.linspace(0, 1, 49), np.linspace(0, 1.5, 49), 1.0)
"""A stride at constant pace, for what does not depend on legs."""

STRAIGHT = ((2.0, 5.0), (2.0, -20.0))


@pytest.fixture(scope="module")
def walkers():
    """(person, shape, stride) of a few people."""
    needs_anny()
    from vidsynth.body.model import body_model

    people = [sample_person(np.random.default_rng(k), k + 1) for k in range(6)]
    shapes = [body_model().shape(person.body) for person in people]
    return [(p, s, measure_stride(p.gait, s)) for p, s in zip(people, shapes, strict=True)]


def soles(person, shape, cycle, samples):
    """Over one cycle along -y: the soles (T, N, 3) in the world but for the height of the hips,
    and whether each vertex (N,) is the left foot's."""
    from vidsynth.body.anatomy import anatomy
    from vidsynth.body.model import body_model
    from vidsynth.motion.walking import sole_rows

    times = np.linspace(0, cycle.length / person.gait.speed, samples + 1)
    walk = placement(STRAIGHT, 3.0, 0.3, cycle, person.gait.speed * times)
    rows = sole_rows()
    feet = body_model().pose(shape, joint_rotations(person.gait, walk.phase, cycle.leg_swing), rows)
    feet[..., :2] += walk.position[:, None]
    return feet, anatomy().rest[rows, 0] > 0, walk.phase


def test_a_stride_takes_a_whole_cycle_and_never_goes_back(walkers):
    for person, _, cycle in walkers:
        assert cycle.phases[[0, -1]].tolist() == [0, 1]
        assert (np.diff(cycle.advance) > 0).all()
        wanted = person.gait.speed * 120 / person.gait.cadence
        assert 0.6 * wanted < cycle.length < 1.15 * wanted
        assert 0.7 < cycle.leg_swing < 1.35


def test_the_same_person_takes_the_same_stride(walkers):
    person, shape, cycle = walkers[0]
    again = measure_stride(person.gait, shape)
    np.testing.assert_array_equal(again.advance, cycle.advance)
    assert abs(walkers[1][2].length - cycle.length) > 0.01


def test_the_standing_foot_does_not_slide(walkers):
    for walker in walkers:
        feet, _, _ = soles(*walker, samples=48)
        step = np.arange(48)
        contact = feet[:-1, :, 2].argmin(1)
        slid = np.abs(feet[step + 1, contact, 1] - feet[step, contact, 1])
        assert np.quantile(slid, 0.9) < 0.017
        assert slid.max() < 0.04


def test_no_part_of_the_cycle_is_rushed_through(walkers):
    for walker in walkers:
        _, _, phase = soles(*walker, samples=48)
        assert np.diff(phase).max() < 5 / 48


def test_the_leading_foot_carries_the_body_once_the_other_pushes_off(walkers):
    """From a tenth of the cycle on the right foot is down; at 0.6 the left one is."""
    from vidsynth.body.anatomy import anatomy
    from vidsynth.body.model import body_model
    from vidsynth.motion.walking import sole_rows

    rows, phases = sole_rows(), np.linspace(0.12, 0.5, 20)
    left = anatomy().rest[rows, 0] > 0
    for person, shape, cycle in walkers:
        rotations = joint_rotations(person.gait, phases, cycle.leg_swing)
        height = body_model().pose(shape, rotations, rows)[:, :, 2]
        assert (height[:, ~left].min(1) - height.min(1)).max() < 0.025


def test_each_foot_stands_for_about_half_of_the_cycle(walkers):
    for walker in walkers:
        feet, left, _ = soles(*walker, samples=48)
        lower = feet[:, left, 2].min(1) < feet[:, ~left, 2].min(1)
        assert 0.3 < lower.mean() < 0.7


def test_a_walker_covers_its_speed_every_second():
    walk = placement(STRAIGHT, 1.0, 0.0, EVEN, 1.3 * np.arange(9) / 2)
    assert np.linalg.norm(walk.position[-1] - walk.position[0]) == pytest.approx(4 * 1.3)
    np.testing.assert_allclose(walk.position[0], (2.0, 4.0))


def test_the_phase_advances_by_distance_over_stride_length():
    walk = placement(STRAIGHT, 2.0, 0.25, EVEN, 1.2 * np.array([0.0, 1.0, 1.25, 5.0]))
    np.testing.assert_allclose(walk.phase, 0.25 + 1.2 * np.array([0, 1, 1.25, 5]) / 1.5)


def test_uneven_strides_still_close_the_cycle(walkers):
    _, _, cycle = walkers[0]
    distances = np.array([0.0, 1.0, 3.0]) * cycle.length
    np.testing.assert_allclose(cycle.phase_at(distances, 0.4), [0.4, 1.4, 3.4], atol=1e-6)
    assert (np.diff(cycle.phase_at(np.linspace(0, 4, 200), 0.9)) > 0).all()


@pytest.mark.parametrize(
    ("towards", "heading"), [((0, -9), 0.0), ((9, 0), 90.0), ((-9, 0), -90.0), ((6, 6), 135.0)]
)
def test_heading_points_along_the_path(towards, heading):
    walk = placement(((0.0, 0.0), towards), 1.0, 0.0, EVEN, np.arange(5) / 4)
    np.testing.assert_allclose(np.degrees(walk.heading), heading, atol=1e-6)
    step = walk.position[1] - walk.position[0]
    np.testing.assert_allclose(
        step / np.linalg.norm(step), (np.sin(walk.heading[0]), -np.cos(walk.heading[0])), atol=1e-9
    )


def test_a_corner_is_rounded():
    times = np.arange(161) / 20
    walk = placement(((0.0, 0.0), (4.0, 0.0), (4.0, 4.0)), 0.0, 0.0, EVEN, times)
    turns = np.abs(np.diff(np.unwrap(walk.heading)))
    assert turns.max() < np.radians(15)
    assert np.degrees(walk.heading[[0, -1]]).round().tolist() == [90, 180]
    assert np.linalg.norm(walk.position - (4.0, 0.0), axis=1).min() < 0.35


def test_the_walk_goes_straight_on_beyond_the_path():
    walk = placement(((0.0, 0.0), (2.0, 0.0)), 1.0, 0.0, EVEN, np.array([0.0, 6.0]))
    np.testing.assert_allclose(walk.position, [[1, 0], [7, 0]])
