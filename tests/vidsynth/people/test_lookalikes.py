from dataclasses import replace

import numpy as np
import pytest

from vidsynth.config import AccessoryConfig
from vidsynth.errors import ConfigError
from vidsynth.people.attributes import describe
from vidsynth.people.lookalikes import REGIONS, look_alikes, told_apart
from vidsynth.people.sampling import sample_person
from vidsynth.planning.population import Population
from vidsynth.settings import load_config

SIZE = 6


def group_of(seed, size=SIZE):
    first = sample_person(np.random.default_rng(seed), 10)
    ids = range(10, 10 + size)
    return look_alikes(
        first, ids, lambda i: np.random.default_rng([seed, i]), np.random.default_rng([seed])
    )


@pytest.fixture(scope="module")
def groups():
    return [group_of(seed) for seed in range(40)]


def test_a_group_is_its_first_person_and_others_numbered_on(groups):
    for seed, group in enumerate(groups):
        assert group[0].person == sample_person(np.random.default_rng(seed), 10)
        assert group[0].regions == ()
        assert [member.person.person_id for member in group] == list(range(10, 10 + SIZE))


def test_members_share_body_skin_and_most_clothes(groups):
    for first, *others in groups:
        for other in others:
            one, two = first.person, other.person
            assert one.body == two.body
            assert (one.skin_name, one.sex, one.lower) == (two.skin_name, two.sex, two.lower)
            assert one.upper.colour == two.upper.colour
            assert one.upper.length == two.upper.length
            assert one.gait != two.gait


def test_the_regions_named_are_those_that_differ(groups):
    for first, *others in groups:
        for other in others:
            one, two = first.person, other.person
            differing = {
                "hair-style": one.hair_style != two.hair_style,
                "hair-colour": one.hair != two.hair,
                "shoes": one.shoes != two.shoes,
                "pattern": one.upper.pattern != two.upper.pattern,
                "sleeve": describe(one)["sleeve"] != describe(two)["sleeve"],
                "bag": one.accessories.bag != two.accessories.bag,
                "headwear": one.accessories.head != two.accessories.head,
            }
            assert tuple(name for name in REGIONS if differing[name]) == other.regions
            assert 1 <= len(other.regions) <= 3


def test_every_region_is_drawn_somewhere(groups):
    drawn = [region for group in groups for member in group for region in member.regions]
    assert set(drawn) == set(REGIONS)
    assert min(drawn.count(region) for region in REGIONS) > 10


def test_no_two_of_a_group_are_the_same_in_words_and_pattern(groups):
    for group in groups:
        seen = [member.person for member in group]
        for i, one in enumerate(seen):
            for other in seen[:i]:
                assert told_apart(one, other)
                assert told_apart(other, one)
                assert describe(one) != describe(other) or one.upper.pattern != other.upper.pattern


def test_a_logo_alone_tells_nobody_apart_from_behind():
    plain = replace(sample_person(np.random.default_rng(2), 1))
    plain = replace(plain, upper=replace(plain.upper, pattern="plain"))
    logo = replace(plain, upper=replace(plain.upper, pattern="logo", second_colour=(1.0, 1.0, 1.0)))
    assert not told_apart(plain, plain)
    assert not told_apart(plain, logo)
    assert told_apart(plain, replace(plain, upper=replace(plain.upper, pattern="hoops")))


def test_a_large_group_begins_like_a_small_one():
    assert group_of(3, 20)[:4] == group_of(3, 4)


def test_where_nobody_has_bags_or_hats_they_are_no_difference():
    nobody = AccessoryConfig(**{name: 0.0 for name in AccessoryConfig.model_fields})
    first = sample_person(np.random.default_rng(5), 10)
    rng = np.random.default_rng
    group = look_alikes(first, range(10, 30), lambda i: rng([5, i]), rng(5), nobody)
    assert not {"bag", "headwear"} & {region for member in group for region in member.regions}


def test_look_alikes_have_the_hair_and_the_tops_that_there_are():
    words = ["people.lookalike_share=0.9", "identities=60", "bodies.hair_colours=[black, blond]"]
    words += ["bodies.hair_styles=[long, bob]", "clothes.upper=[t-shirt, jacket]"]
    words += ["clothes.upper_pattern=[plain, hoops]"]
    people = Population(load_config(None, words))
    shown = [people.look_alike(person_id) for person_id in people.person_ids]
    assert {member.person.hair_name for member in shown} == {"black", "blond"}
    assert {member.person.hair_style for member in shown} == {"long", "bob"}
    assert {member.person.upper.kind for member in shown} == {"t-shirt", "jacket"}
    assert {member.person.upper.pattern for member in shown} <= {"plain", "hoops", "denim"}
    named = {region for member in shown for region in member.regions}
    assert {"hair-style", "hair-colour", "pattern", "shoes"} <= named


def test_few_men_of_a_group_have_a_handbag(groups):
    bags = [
        member.person.accessories.bag.kind
        for group in groups
        for member in group[1:]
        if member.person.sex == "male" and "bag" in member.regions
    ]
    assert bags.count("backpack") > 4 * bags.count("handbag")


def test_bald_heads_differ_in_style_but_not_in_colour():
    bald = replace(sample_person(np.random.default_rng(5), 10), hair_style="bald")
    rng = np.random.default_rng
    group = look_alikes(bald, range(10, 40), lambda i: rng([6, i]), rng(6))
    assert all("hair-colour" not in member.regions for member in group)
    assert any("hair-style" in member.regions for member in group)


def test_too_many_to_tell_apart_are_refused(monkeypatch):
    monkeypatch.setattr("vidsynth.people.lookalikes.told_apart", lambda one, other: False)
    with pytest.raises(ConfigError, match=r"differences for 1: lower people\.lookalike_size"):
        group_of(0)
