"""What a person looks like in words, read off the very person that is rendered.

Nothing is drawn here: a colour's name is that of the colour in the material, a sleeve's that of the
length it is cut to. What the generator does not make yet, nobody has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vidsynth.colour import TERMS, difference, term
from vidsynth.people.accessories import HATS
from vidsynth.people.person import Person
from vidsynth.people.skin_and_hair import HAIR
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.patterns import WEAVES
from vidsynth.wardrobe.sleeves import sleeve_reach

PREFIX = "attribute_"
"""What the columns of persons.parquet begin with."""

GENDERS = ("female", "male")
AGES = ("young", "middle-aged", "old")
BUILDS = ("thin", "average", "heavy")
NO_YES = ("no", "yes")
AGES_END = (35.0, 60.0)
"""Years at which the young and the middle-aged end."""

_GROWN = (12.0, 20.0)
_BUILDS_END = ((16.5, 22.0), (20.0, 27.0))
_ELBOW, _KNEE = 0.5, 0.6

HAIR_WORDS = {
    "black": "black", "dark-brown": "black", "brown": "brown", "light-brown": "brown",
    "blond": "blond", "red": "red", "grey": "grey", "white": "grey",
}  # fmt: skip
"""What people call hair of each of the generator's colours at the size of a crop."""


@dataclass(frozen=True)
class Attribute:
    """A word out of ``values`` about a person; ``meaning`` says how it is found."""

    values: tuple[str, ...]
    of: Callable[[Person], str]
    meaning: str


def describe(person: Person) -> dict[str, str]:
    """The value of each of ATTRIBUTES, by name."""
    return {name: attribute.of(person) for name, attribute in ATTRIBUTES.items()}


def hair_colour(person: Person) -> str:
    """The word for the person's hair: that of the nearest of the generator's colours."""
    return HAIR_WORDS[min(HAIR, key=lambda name: difference(HAIR[name], person.hair))]


def sleeve(person: Person) -> str:
    """The word for the sleeves of what is worn outermost."""
    return sleeve_word(person.upper.sleeve)


def sleeve_word(length: float) -> str:
    """``none`` up to the shoulder, ``short`` down to the elbow, else ``long``."""
    reach = sleeve_reach(length)
    return "none" if reach < 0.1 else "short" if reach <= _ELBOW else "long"


def _body_type(person: Person) -> str:
    body = person.body
    gender = GENDERS[int(body.gender >= 0.5)]
    age = AGES[int(np.searchsorted(AGES_END, body.age, side="right"))]
    ends = [float(np.interp(body.age, _GROWN, bmi)) for bmi in _BUILDS_END]
    return f"{gender}-{age}-{BUILDS[int(np.searchsorted(ends, body.bmi))]}"


def _second_colour(person: Person) -> str:
    upper = person.upper
    if upper.pattern in WEAVES or (upper.picture and not upper.second_name):
        return "none"
    return term(upper.second_colour)


def _inner_colour(person: Person) -> str:
    return term(person.inner.colour) if person.upper.open else "none"


def _lower_kind(person: Person) -> str:
    lower = person.lower
    if lower.kind == "skirt" or GARMENTS[person.upper.kind].one_piece:
        return "skirt"
    if lower.length < _KNEE:
        return "shorts"
    return "jeans" if lower.kind == "jeans" else "trousers"


def _lower_colour(person: Person) -> str:
    dress = GARMENTS[person.upper.kind].one_piece
    return term((person.upper if dress else person.lower).colour)


def _outerwear(person: Person) -> str:
    return NO_YES[GARMENTS[person.upper.kind].outer or person.upper.open > 0]


def _outerwear_colour(person: Person) -> str:
    return term(person.upper.colour) if _outerwear(person) == "yes" else "none"


def _dress(person: Person) -> str:
    upper, lower = person.upper, person.lower
    one = bool(upper.asset) and upper.asset == lower.asset and lower.kind == "skirt"
    return NO_YES[one or GARMENTS[upper.kind].one_piece]


def hair_type(person: Person) -> str:
    """The style; a bun and a ponytail are both tied."""
    return {"bun": "tied", "ponytail": "tied"}.get(person.hair_style, person.hair_style)


def _bag_colour(person: Person) -> str:
    bag = person.accessories.bag
    return "none" if bag.kind == "none" else term(bag.colour)


def _whether(place: str, *kinds: str) -> Callable[[Person], str]:
    """Whether somebody has one of the kinds at a place."""
    return lambda person: NO_YES[getattr(person.accessories, place).kind in kinds]


ATTRIBUTES: dict[str, Attribute] = {
    "body_type": Attribute(
        tuple(f"{g}-{a}-{b}" for g in GENDERS for a in AGES for b in BUILDS),
        _body_type,
        "of the body: sex; age below 35, below 60; BMI to 22, to 27 (at 12 years 16.5, 20)",
    ),
    "upper_colour": Attribute(
        TERMS,
        lambda p: term(p.upper.colour),
        "main colour of what is worn outermost above; of a two-tone, the lower half",
    ),
    "upper_second_colour": Attribute(
        ("none", *TERMS), _second_colour, "of its pattern; none where it is plain"
    ),
    "sleeve": Attribute(
        ("none", "short", "long"), sleeve, "of what is worn outermost; short ends above the elbow"
    ),
    "lower_kind": Attribute(
        ("trousers", "jeans", "shorts", "skirt"),
        _lower_kind,
        "leggings are trousers; shorts end about the knee or above; a dress is a skirt",
    ),
    "lower_colour": Attribute(TERMS, _lower_colour, "main colour below; under a dress, the dress'"),
    "outerwear": Attribute(NO_YES, _outerwear, "a jacket, a coat or an open hoodie"),
    "outerwear_colour": Attribute(("none", *TERMS), _outerwear_colour, "the outerwear's"),
    "inner_colour": Attribute(
        ("none", *TERMS), _inner_colour, "main colour of the top under open outerwear"
    ),
    "shoe_colour": Attribute(TERMS, lambda p: term(p.shoes.colour), "without the sole"),
    "hair_colour": Attribute(tuple(dict.fromkeys(HAIR_WORDS.values())), hair_colour, "of hair"),
    "hair_type": Attribute(
        ("cropped", "short", "curly", "bob", "long", "tied", "bald"),
        hair_type,
        "before a hat; a bun or a ponytail is tied",
    ),
    "beard": Attribute(
        ("none", "beard"),
        lambda p: "none" if p.beard == "none" else "beard",
        "stubble, a moustache or a full beard",
    ),
    "bag": Attribute(
        ("none", "backpack", "shoulder-bag", "handbag"),
        lambda p: p.accessories.bag.kind,
        "a shoulder bag's strap crosses the chest; a handbag hangs from a hand",
    ),
    "bag_colour": Attribute(("none", *TERMS), _bag_colour, "of the bag"),
    "dress": Attribute(NO_YES, _dress, "top and skirt in one piece"),
    "hat": Attribute(
        NO_YES,
        lambda p: NO_YES[bool(p.hat_asset) or p.accessories.head.kind in HATS],
        "a cap, a hat with a brim, a beanie or a MakeHuman asset",
    ),
    "hat_colour": Attribute(
        ("none", *TERMS),
        lambda p: term(p.accessories.head.colour) if p.accessories.head.kind in HATS else "none",
        "of the hat, unless it is an asset",
    ),
    "glasses": Attribute(NO_YES, _whether("eyes", "glasses", "sunglasses"), "dark ones too"),
    "mask": Attribute(NO_YES, _whether("face", "face-mask"), "over mouth and nose"),
    "scarf": Attribute(NO_YES, _whether("neck", "scarf"), "around the neck"),
    "headphones": Attribute(NO_YES, _whether("head", "headphones"), "over the head"),
    "held": Attribute(
        ("none", "phone", "umbrella"), lambda p: p.accessories.hand.kind, "besides a handbag"
    ),
}
"""Columns of persons.parquet, each with PREFIX before its name."""
