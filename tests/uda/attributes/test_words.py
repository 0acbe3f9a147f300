"""Descriptions in words: what they ask for, and what nobody can make of them."""

from __future__ import annotations

import pytest

from uda.attributes.words import parse
from uda.errors import ConfigError

COLOURS = ("black", "red", "blue", "white")
RENDERED = {
    "gender": ("female", "male"),
    "age": ("young", "middle-aged", "old"),
    "upper_colour": COLOURS,
    "upper_second_colour": ("none", *COLOURS),
    "sleeve": ("none", "short", "long"),
    "lower_kind": ("trousers", "jeans", "shorts", "skirt"),
    "lower_colour": COLOURS,
    "outerwear": ("no", "yes"),
    "outerwear_colour": ("none", *COLOURS),
    "shoe_colour": COLOURS,
    "hair_type": ("short", "long", "bald"),
    "bag": ("none", "backpack", "handbag"),
    "bag_colour": ("none", *COLOURS),
    "dress": ("no", "yes"),
    "hat": ("no", "yes"),
    "hat_colour": ("none", *COLOURS),
}
MARKET = {
    "hair": ("short", "long"),
    "lower_length": ("long", "short"),
    "lower_type": ("dress", "trousers"),
    "backpack": ("no", "yes"),
    "upper_colour": COLOURS,
    "lower_colour": COLOURS,
}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "red upper, black shorts, backpack",
            {"upper_colour=red", "lower_kind=shorts", "lower_colour=black", "bag=backpack"},
        ),
        ("middle-aged woman, without a hat", {"gender=female", "age=middle-aged", "hat=no"}),
        ("no bag", {"bag=none"}),
        ("red dress", {"dress=yes", "upper_colour=red"}),
        ("blue jacket", {"outerwear=yes", "outerwear_colour=blue"}),
        ("white shoes", {"shoe_colour=white"}),
        ("black hat", {"hat=yes", "hat_colour=black"}),
        ("long sleeves, short hair", {"sleeve=long", "hair_type=short"}),
        ("upper_second_colour = red", {"upper_second_colour=red"}),
        ("Red Upper, red upper,", {"upper_colour=red"}),
        ("no backpack", {"bag!=backpack"}),
        ("no backpack, no handbag", {"bag!=backpack", "bag!=handbag"}),
        ("not red upper", {"upper_colour!=red"}),
        ("woman without jeans", {"gender=female", "lower_kind!=jeans"}),
        ("no long sleeves", {"sleeve!=long"}),
        ("red upper without a hat", {"upper_colour=red", "hat=no"}),
        ("not bald", {"hair_type!=bald"}),
        ("bag != backpack", {"bag!=backpack"}),
        ("hats, white jackets", {"hat=yes", "outerwear=yes", "outerwear_colour=white"}),
        ("women without hats", {"gender=female", "hat=no"}),
        ("no handbags", {"bag!=handbag"}),
    ],
)
def test_phrases_of_rendered_people(text: str, asked: set[str]) -> None:
    assert {str(wanted) for wanted in parse(text, RENDERED)} == asked


def test_the_same_words_mean_what_a_model_knows() -> None:
    found = parse("long hair, black trousers, backpack, short lower", MARKET)
    assert {str(wanted) for wanted in found} == {
        "hair=long", "lower_type=trousers", "lower_colour=black", "backpack=yes",
        "lower_length=short",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("red coat", {"kind=coat", "colour_of_top=red"}),
        ("gray top, cap", {"colour_of_top=gray", "cap=yes"}),
        ("grey tops", {"colour_of_top=gray"}),
        ("leather shoes", {"shoes-Leather=yes"}),
    ],
)
def test_a_models_own_words_come_before_those_that_mean_the_same(
    text: str, asked: set[str]
) -> None:
    own = {
        "kind": ("coat", "jacket"), "colour_of_top": ("gray", "red"), "cap": ("no", "yes"),
        "shoes-Leather": ("no", "yes"),
    }  # fmt: skip
    assert {str(wanted) for wanted in parse(text, own)} == asked


def test_shorts_are_no_short_sleeves() -> None:
    with pytest.raises(ConfigError, match="found 'shorts'"):
        parse("black shorts", {"sleeve": ("short", "long"), "lower_colour": COLOURS})


def test_words_of_other_languages() -> None:
    own = {"帽子": ("no", "yes"), "oberteil_farbe": ("grün", "rot"), "gender": ("female", "male")}
    assert {str(wanted) for wanted in parse("woman", own)} == {"gender=female"}
    assert {str(wanted) for wanted in parse("帽子", own)} == {"帽子=yes"}
    assert {str(wanted) for wanted in parse("oberteil GRÜN", own)} == {"oberteil_farbe=grün"}


def test_values_without_letters_are_never_said() -> None:
    own = {"gender": ("female", "male"), "mood": ("?", "happy")}
    assert {str(wanted) for wanted in parse("woman", own)} == {"gender=female"}
    assert {str(wanted) for wanted in parse("mood=?", own)} == {"mood=?"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("red", "could be upper_colour=red, "),
        ("black trouzers", "found 'trouzers'; nearest: trousers"),
        ("hat=maybe", "a value of hat, found 'maybe'; there are no, yes"),
        ("hatt=yes", "an attribute of the model, found 'hatt'; nearest: hat"),
        ("short hair, bald", "one hair_type in the description, found short and bald"),
        ("upper", "go together"),
        ("long shorts", "could be sleeve=long, hair_type=long"),
        (" , ", "found none"),
        ("no red hat", "one thing after .* found hat=yes and hat_colour=red"),
        ("hat, no", "one thing after .* found nothing"),
        ("backpack, no backpack", "one bag in the description, found backpack and no backpack"),
        ("hat, no hat", "one hat in the description, found yes and no"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("|", r"\|")):
        parse(text, RENDERED)
