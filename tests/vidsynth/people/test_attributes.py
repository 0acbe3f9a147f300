from dataclasses import replace

import numpy as np
import pytest

from vidsynth.colour import TERMS
from vidsynth.config import AccessoryConfig
from vidsynth.labels.persons import PERSONS, Dressed
from vidsynth.people.accessories import give_accessories
from vidsynth.people.attributes import (
    ATTRIBUTES,
    FINEGPR,
    SYNTHETIC18K,
    SYNTHETIC18K_COLUMNS,
    as_finegpr,
    as_synthetic18k,
    describe,
)
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.cutting import rings
from vidsynth.wardrobe.garments import sew_garment
from vidsynth.wardrobe.sleeves import arm_parameter

TABLE_1 = {
    "body_type": 18, "upper_colour": 10, "sleeve": 3, "lower_kind": 4, "lower_colour": 10,
    "outerwear": 1, "outerwear_colour": 11, "shoe_colour": 8, "hair_colour": 4, "hair_type": 6,
    "beard": 2, "bag": 1, "bag_colour": 6,
}  # fmt: skip
"""Of Synthetic18K's paper: how many values each type has."""


@pytest.fixture(scope="module")
def crowd():
    rng, shares = np.random.default_rng, AccessoryConfig()
    return [give_accessories(rng((k, 1)), sample_person(rng(k), k + 1), shares) for k in range(300)]


@pytest.fixture(scope="module")
def rows(crowd):
    return [PERSONS.record(Dressed(person, "train", 1, 1, group=1)) for person in crowd]


def test_every_word_is_of_the_vocabulary_and_stands_in_the_row(crowd, rows):
    for person, row in zip(crowd, rows, strict=True):
        for name, word in describe(person).items():
            assert word in ATTRIBUTES[name].values
            assert row[f"attribute_{name}"] == word


def test_there_are_as_many_values_as_in_the_paper():
    assert {name: len(values) for name, values in SYNTHETIC18K.items()} == TABLE_1
    assert len(set(SYNTHETIC18K_COLUMNS)) == 84
    assert len(FINEGPR) == 13


def test_of_each_type_just_one_value_holds(rows):
    table = as_synthetic18k(rows)
    assert table.shape == (len(rows), 84)
    start = 0
    for name, values in SYNTHETIC18K.items():
        part = table[:, start : start + len(values)].sum(1)
        assert (part == 1).all() if len(values) > 1 else (part <= 1).all(), name
        start += len(values)
    assert as_synthetic18k([]).shape == (0, 84)


def test_a_column_says_what_its_name_says(crowd, rows):
    table = as_synthetic18k(rows)

    def column(name):
        return table[:, SYNTHETIC18K_COLUMNS.index(name)]

    jackets = np.array([p.upper.kind in ("jacket", "coat") or p.upper.open > 0 for p in crowd])
    np.testing.assert_array_equal(column("outerwear=yes"), jackets)
    np.testing.assert_array_equal(column("outerwear_colour=none"), ~jackets)
    inner = [row["attribute_inner_colour"] for row in rows]
    main = [row["attribute_upper_colour"] for row in rows]
    above = [a if b == "none" else b for a, b in zip(main, inner, strict=True)]
    assert sum(word != "none" for word in inner) > 10, "open outerwear shows what is under it"
    orange = [word in ("orange", "brown") for word in above]
    np.testing.assert_array_equal(column("upper_colour=brown"), orange)
    bags = np.array([person.accessories.bag.kind != "none" for person in crowd])
    np.testing.assert_array_equal(column("bag_colour=none"), ~bags)
    np.testing.assert_array_equal(column("bag=yes"), bags)
    beards = np.array([person.beard != "none" for person in crowd])
    np.testing.assert_array_equal(column("beard=beard"), beards)
    tied = np.array([person.hair_style in ("bun", "ponytail") for person in crowd])
    np.testing.assert_array_equal(column("hair_type=tied"), tied)


def test_every_body_type_and_most_values_are_seen(rows):
    seen = as_synthetic18k(rows).any(0)
    absent = {name for name, there in zip(SYNTHETIC18K_COLUMNS, seen, strict=True) if not there}
    body = {name for name in absent if name.startswith("body_type=")}
    assert all("old" in name for name in body), "the old are few"
    assert not {name for name in absent - body if "colour" not in name}


def test_finegprs_attributes(crowd, rows):
    for person, row in zip(crowd, rows, strict=True):
        theirs = as_finegpr(row)
        assert all(word in FINEGPR[name][0] for name, word in theirs.items())
        assert theirs["gender"] == person.sex
        assert theirs["long_hair"] == ("yes" if person.hair_style == "long" else "no")
        assert theirs["upper_colour"] in TERMS
        worn = person.accessories
        assert theirs["hat"] == ("yes" if worn.head.kind in ("cap", "hat", "beanie") else "no")
        assert theirs["backpack"] == ("yes" if worn.bag.kind == "backpack" else "no")
        assert theirs["glasses"] == ("no" if worn.eyes.kind == "none" else "yes")
        assert theirs["dress"] == ("yes" if person.upper.kind == "dress" else "no")


def test_words_follow_what_is_worn(crowd):
    person = next(p for p in crowd if not p.upper.open)

    def said(**upper):
        return describe(replace(person, upper=replace(person.upper, **upper)))

    assert said(colour=(0.8, 0.1, 0.1), colour_name="blue")["upper_colour"] == "red"
    assert said(pattern="plain")["upper_second_colour"] == "none"
    dots = said(pattern="dots", second_colour=(0.1, 0.2, 0.7))
    assert dots["upper_second_colour"] == "blue"
    assert said(kind="jacket", colour=(0.1, 0.5, 0.2))["outerwear_colour"] == "green"
    long = replace(person.lower, kind="trousers", length=0.97)
    assert describe(replace(person, lower=long))["lower_kind"] == "trousers"
    assert describe(replace(person, lower=replace(long, length=0.4)))["lower_kind"] == "shorts"
    assert said(kind="coat", colour=(0.1, 0.1, 0.4))["outerwear_colour"] == "blue"
    assert said(kind="hoodie")["outerwear"] == "no"
    open_hoodie = replace(
        person, upper=replace(person.upper, kind="hoodie", open=0.5), inner=person.shoes
    )
    assert describe(open_hoodie)["outerwear"] == "yes"
    assert describe(open_hoodie)["inner_colour"] == describe(person)["shoe_colour"]
    assert said(kind="hoodie")["inner_colour"] == "none"
    dress = said(kind="dress", colour=(0.8, 0.1, 0.1), sleeve=0.0)
    words = ("dress", "lower_kind", "lower_colour", "sleeve", "outerwear")
    assert [dress[word] for word in words] == ["yes", "skirt", "red", "none", "no"]
    old = replace(person.body, age=70.0, weight=0.8, gender=0.1, bmi=32.0)
    assert describe(replace(person, body=old))["body_type"] == "female-old-heavy"


@pytest.mark.usefixtures("anatomy")
@pytest.mark.parametrize("sleeve", [0.0, 0.3, 0.46, 0.6, 1.0])
def test_a_sleeve_is_called_short_where_its_cloth_ends_above_the_elbow(crowd, sleeve):
    garment = replace(crowd[0].upper, kind="shirt", sleeve=sleeve)
    piece = sew_garment(garment).piece
    cuffs = [loop for loop in rings(piece) if piece.rest[loop, 0].mean() > 0.07]
    reach = np.median(arm_parameter(piece)[cuffs[0]])
    word = describe(replace(crowd[0], upper=garment))["sleeve"]
    assert word == ("none" if reach < 0.1 else "short" if reach <= 0.5 else "long")
