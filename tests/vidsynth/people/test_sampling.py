from collections import Counter

import numpy as np
import pytest

from vidsynth.config import BodiesConfig
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.garments import LOWER_KINDS, SHOE_KINDS, UPPER_KINDS
from vidsynth.wardrobe.hair_styles import HAIR_STYLES
from vidsynth.wardrobe.patterns import PATTERNS, WEAVES


@pytest.fixture(scope="module")
def people():
    return [sample_person(np.random.default_rng(k), k + 1) for k in range(300)]


def test_equal_generators_give_equal_people(people):
    assert sample_person(np.random.default_rng(7), 8) == people[7]
    assert len({person.body for person in people}) == len(people)


@pytest.mark.parametrize(
    ("piece", "kinds"), [("upper", UPPER_KINDS), ("lower", LOWER_KINDS), ("shoes", SHOE_KINDS)]
)
def test_every_kind_of_garment_is_worn(people, piece, kinds):
    assert {getattr(person, piece).kind for person in people} == set(kinds)


def test_bare_legs_and_dresses_go_together(people):
    dresses = [person for person in people if person.upper.kind == "dress"]
    assert {person.lower.kind for person in dresses} == {"none", "leggings"}
    assert {person.sex for person in dresses} == {"female"}
    for person in people:
        assert person.lower.kind != "none" or person.upper.kind == "dress"
        if person.lower.kind == "none":
            assert person.lower.colour == person.upper.colour


def test_every_hair_style_and_pattern_is_seen(people):
    assert {person.hair_style for person in people} == set(HAIR_STYLES)
    assert {person.upper.pattern for person in people} == {*PATTERNS, *WEAVES}


def test_colours_are_colours(people):
    colours = [
        colour
        for person in people
        for colour in (
            person.skin,
            person.hair,
            *(
                c
                for garment in (person.upper, person.lower, person.shoes)
                for c in (garment.colour, garment.second_colour)
            ),
        )
    ]
    assert np.min(colours) >= 0
    assert np.max(colours) <= 1


def test_a_pattern_has_a_second_colour_that_can_be_told_from_the_first(people):
    patterned = [person.upper for person in people if person.upper.pattern in PATTERNS]
    gaps = [np.abs(np.subtract(g.colour, g.second_colour)).sum() for g in patterned]
    assert len(patterned) > 30
    assert np.quantile(gaps, 0.05) > 0.3
    assert all(not p.upper.second_name for p in people if p.upper.pattern in WEAVES)


def test_lengths_and_looseness_stay_in_range(people):
    for person in people:
        for garment in (person.upper, person.lower, person.shoes):
            assert 0 <= garment.length <= 1
            assert 0 <= garment.sleeve <= 1
            assert 0 < garment.looseness < 0.05


def test_both_sexes_with_plausible_statures(people):
    assert min(Counter(person.sex for person in people).values()) > 100
    statures = {
        sex: np.array([p.body.stature for p in people if p.sex == sex])
        for sex in ("male", "female")
    }
    assert 1.70 < statures["male"].mean() < 1.82
    assert 1.57 < statures["female"].mean() < 1.69
    for metres in statures.values():
        assert metres.min() >= 1.40
        assert metres.max() <= 2.10
        assert 0.04 < metres.std() < 0.10


def test_people_walk_at_a_human_pace(people):
    speeds = np.array([person.gait.speed for person in people])
    steps = np.array([60 * person.gait.speed / person.gait.cadence for person in people])
    assert speeds.min() >= 0.75
    assert speeds.max() <= 1.9
    assert steps.min() > 0.4
    assert steps.max() < 1.1


def test_the_old_walk_slower_than_the_young(people):
    young = [p.gait.speed for p in people if p.body.age < 40]
    old = [p.gait.speed for p in people if p.body.age > 65]
    assert np.mean(old) < np.mean(young)


def test_nobody_under_18_is_bald_unless_asked_for(people):
    ages = [person.body.age for person in people if person.hair_style == "bald"]
    assert min(ages) > 18
    boy = BodiesConfig(hair_styles="bald", ages=[12, 13], female_share=0)
    assert sample_person(np.random.default_rng(0), 1, boy).hair_style == "bald"


def test_hair_can_be_asked_for_and_goes_with_sex_and_age_as_usual(people):
    wanted = BodiesConfig(
        hair_styles={"choice": ["long", "cropped"], "weights": [1, 1]},
        hair_colours={"choice": ["grey", "black"], "weights": [1, 1]},
    )
    asked = [sample_person(np.random.default_rng(k), k + 1, wanted) for k in range(300)]
    assert {person.hair_style for person in asked} == {"long", "cropped"}
    assert {person.hair_name for person in asked} == {"grey", "black"}
    long = {
        sex: [p.hair_style == "long" for p in asked if p.sex == sex] for sex in ("female", "male")
    }
    assert np.mean(long["female"]) > 0.8 > 0.2 > np.mean(long["male"])
    grey = [person.body.age for person in asked if person.hair_name == "grey"]
    assert min(grey) > 28
    assert [p.body for p in asked] == [p.body for p in people]
    white = BodiesConfig(hair_colours="white", ages=[20, 25])
    assert sample_person(np.random.default_rng(0), 1, white).hair_name == "white", "dyed"
