"""Everybody in a data set: who they are, what they wear, and which half they are in."""

from collections import Counter

import numpy as np
import pytest

from vidsynth.config import PeopleConfig, TrackletConfig
from vidsynth.drawing.distributions import of
from vidsynth.planning.population import Population
from vidsynth.settings import load_config
from vidsynth.wardrobe.garments import GARMENTS


@pytest.fixture(scope="module")
def plain():
    return Population(TrackletConfig(identities=24, test_share=0.5))


def outfit(person):
    pieces = (person.upper, person.lower, person.shoes)
    return [(piece.kind, piece.colour_name, piece.pattern) for piece in pieces]


def test_people_of_the_default_config_stay_who_they_were():
    """Since draws are keyed by value: settings added later may not change anybody."""
    people = Population(TrackletConfig())
    one, last = people.person(1), people.person(125)
    assert outfit(one) == [
        ("long-sleeve", "black", "plain"),
        ("jeans", "grey", "denim"),
        ("sneakers", "navy", "plain"),
    ]
    assert (one.sex, one.hair_style, one.hair_name, one.skin_name) == (
        "male",
        "curly",
        "black",
        "intermediate-golden",
    )
    assert one.body.stature == pytest.approx(1.75154, abs=1e-5)
    assert one.gait.speed == pytest.approx(1.40901, abs=1e-5)
    assert outfit(last)[0] == ("t-shirt", "teal", "plain")
    assert last.body.stature == pytest.approx(1.76558, abs=1e-5)


def test_look_alikes_stay_in_their_half_and_the_others_stay_who_they_are(plain):
    alike = Population(
        plain.config.model_copy(update={"people": PeopleConfig(lookalike_share=0.8)})
    )
    groups = {tuple(alike.group(i)) for i in alike.person_ids}
    assert sorted(i for group in groups for i in group) == list(alike.person_ids)
    assert Counter(len(group) for group in groups) == {5: 4, 1: 6}
    for group in groups:
        assert len({alike.split(i) for i in group}) == 1
        assert alike.person(group[0]) == plain.person(group[0])
        bodies = {alike.person(i).body for i in group}
        assert len(bodies) == 1
        assert [alike.person(i).person_id for i in group] == list(group)
    assert alike.person(4) == Population(alike.config).person(4) != plain.person(4)


def test_whoever_looks_alike_is_somebody_else_under_another_seed(plain):
    people = PeopleConfig(lookalike_share=1.0, lookalike_size=3)
    alike = Population(plain.config.model_copy(update={"people": people}))
    other = Population(alike.config.model_copy(update={"seed": 1}))
    assert [len(alike.group(i)) for i in range(1, 25)] == [3] * 24
    assert alike.person(2) != other.person(2)
    assert plain.look_alike(2).regions == alike.look_alike(1).regions == ()
    assert alike.look_alike(2).regions


@pytest.fixture(scope="module")
def changing(plain):
    people = PeopleConfig(outfits=3, lookalike_share=0.5)
    return Population(plain.config.model_copy(update={"people": people, "sightings": of(6)}))


def test_clothes_change_and_the_rest_of_a_person_stays(plain, changing):
    for person_id in (*range(1, 6), 15, 24):
        looks = [changing.person(person_id, outfit) for outfit in (1, 2, 3)]
        for one in looks:
            assert (one.person_id, one.body, one.skin, one.gait) == (
                person_id, looks[0].body, looks[0].skin, looks[0].gait
            )  # fmt: skip
            assert (one.hair_style, one.hair) == (looks[0].hair_style, looks[0].hair)
        assert len({(look.upper, look.lower, look.shoes) for look in looks}) == 3
        assert looks[1] == Population(changing.config).person(person_id, 2)
    assert changing.person(24) == plain.person(24), "the first outfit is the one without others"


def test_look_alikes_look_alike_in_every_outfit(changing):
    for outfit_id in (1, 2, 3):
        first, *others = [changing.person(i, outfit_id) for i in changing.group(1)]
        assert len(others) == 4
        for other in others:
            assert (other.lower, other.upper.colour) == (first.lower, first.upper.colour)


def test_clothes_ids_are_of_one_person_and_outfit(changing):
    ids = [changing.clothes_id(i, o) for i in changing.person_ids for o in changing.outfit_ids(i)]
    assert len(set(ids)) == len(ids)
    assert min(ids) == 1
    assert list(changing.outfit_ids(25)) == [1], "a distractor is seen once"
    alone = Population(TrackletConfig())
    assert [alone.clothes_id(i, 1) for i in (1, 100)] == [1, 100]


def test_no_hand_is_in_a_pocket_that_an_outfit_does_not_have():
    words = ["accessories.hands=1", "accessories.backpack=0", "bodies.female_share=1"]
    people = Population(load_config(None, [*words, "identities=30", "people.outfits=2"]))
    before, other = 0, 0
    for person_id in range(1, 31):
        first, second = (people.person(person_id, outfit) for outfit in (1, 2))
        for person in (first, second):
            arms = (person.posture.left, person.posture.right)
            assert "pocket" not in arms or GARMENTS[person.lower.kind].pockets
        before += "pocket" in (first.posture.left, first.posture.right)
        other += first.posture != second.posture
    assert 0 < other < before


def test_who_else_there_is_is_of_the_same_half():
    people = Population(TrackletConfig(identities=9, test_share=0.4, distractor_share=0.25))
    halves = {"train": {1, 2, 3, 4, 5}, "test": {6, 7, 8, 9}}
    for person_id in range(1, 10):
        half = halves[people.split(person_id)] - {person_id}
        rng = np.random.default_rng(person_id)
        assert {people.another(person_id, rng).person_id for _ in range(60)} == half
    (stranger,) = (i for i in people.person_ids if i > 9)
    found = {people.another(stranger, np.random.default_rng(k)).person_id for k in range(90)}
    assert found == set(range(1, 10)), "the only one of their half"
