"""Who is in the way is walked around, gently, and the path goes on as it would have."""

import numpy as np
import pytest

from vidsynth.motion.groups import Party
from vidsynth.motion.paths import STEP
from vidsynth.motion.sidestep import detour, sidesteps
from vidsynth.people.sampling import sample_person
from vidsynth.places.sites.site import Block, Site, Surface
from vidsynth.planning.routes import PERSONAL_SPACE, _give_way, _go

GREY = Surface("paving", (0.5, 0.5, 0.5))
TIMES = np.arange(41) / 8
PEOPLE = [sample_person(np.random.default_rng(k), k + 1) for k in range(2)]
STRAIGHT = np.stack([np.arange(40) * STEP, np.zeros(40)], 1)
FIRST, SECOND = Party((0,), "walk"), Party((1,), "walk")


def site(*obstacles, width=3.0):
    area = (-6, -width, 18, width)
    return Site("lane", False, area, area, (2, 4), GREY, (), obstacles=obstacles)


def gap(one, other):
    return np.linalg.norm(one.tracks - other.tracks, axis=2).min()


def give_way(path, taken, place):
    return _give_way(SECOND, path, PEOPLE, TIMES, [taken], place, 1)


@pytest.mark.parametrize("shift", [-1.2, -0.6, 0.3, 1.0])
def test_a_detour_turns_gently_and_comes_back(shift):
    bent = detour(STRAIGHT, 7.0, shift)
    assert np.abs(bent[:, 1]).max() == pytest.approx(abs(shift), abs=0.03)
    np.testing.assert_allclose(bent[[0, -1]], STRAIGHT[[0, -1]], atol=1e-9)
    steps = np.diff(bent, axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert np.abs(np.diff(heading)).max() / STEP < 0.7


def test_the_smallest_detour_is_first_and_head_on_people_keep_right():
    own, other = np.array([5.0, 0.0]), np.array([5.0, -0.3])
    shifts = [bent[:, 1] for bent in sidesteps(STRAIGHT, 5.0, own, other, 0.6)]
    assert shifts[0].max() > 0.3
    assert shifts[0].min() > -0.01
    assert np.abs(shifts[0]).max() < np.abs(shifts[1]).max() < np.abs(shifts[2]).max()
    head_on = next(sidesteps(STRAIGHT, 5.0, own, own, 0.6))
    assert head_on[:, 1].min() < -0.6


@pytest.mark.parametrize("turn", [180, 135, 90])
def test_two_whose_ways_cross_pass_each_other(turn):
    taken = _go(FIRST, STRAIGHT, PEOPLE, TIMES, 1)
    middle = taken.tracks[0, 20]
    half = 1.2 + PEOPLE[1].gait.speed * TIMES[20]
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    path = middle + (np.arange(40) * STEP - half)[:, None] * way
    assert gap(_go(SECOND, path, PEOPLE, TIMES, 1), taken) < 0.1
    passed = give_way(path, taken, site(width=12.0))
    assert gap(passed, taken) >= PERSONAL_SPACE
    assert np.linalg.norm(passed.path - path, axis=1).max() < 1.4


def test_nobody_steps_aside_who_need_not_or_into_a_wall():
    taken = _go(FIRST, STRAIGHT, PEOPLE, TIMES, 1)
    clear = STRAIGHT + np.array([0, 1.0])
    assert np.array_equal(give_way(clear, taken, site()).path, clear)
    back = STRAIGHT[::-1] - np.array([0.5, 0])
    assert gap(give_way(back, taken, site()), taken) >= PERSONAL_SPACE
    walls = [Block((7, y, 0), (20, 0.2, 3), GREY) for y in (-0.8, 0.8)]
    assert np.array_equal(give_way(back, taken, site(*walls)).path, back)


def test_obstacles_decide_the_side():
    taken = _go(FIRST, STRAIGHT, PEOPLE, TIMES, 1)
    back = STRAIGHT[::-1] - np.array([0.5, 0])
    for y in (-1.0, 1.0):
        wall = Block((7, y, 0), (20, 0.4, 3), GREY)
        passed = give_way(back, taken, site(wall))
        assert gap(passed, taken) >= PERSONAL_SPACE
        away = passed.path[np.abs(passed.path[:, 1]).argmax(), 1]
        assert np.sign(away) == -np.sign(y)
