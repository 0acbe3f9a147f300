"""Attributes that statistics tell, and what other sets call their values."""

from __future__ import annotations

import difflib

from vidsynth.colour import term
from vidsynth.people.attributes.words import AGES, ATTRIBUTES, GENDERS, HAIR_WORDS, NO_YES
from vidsynth.wardrobe.colours import CLOTH

_OF_PERSONS = (
    "upper_colour", "lower_colour", "shoe_colour", "sleeve", "outerwear", "lower_kind",
    "hair_colour", "hair_type", "beard", "bag", "hat", "glasses", "mask", "scarf", "headphones",
    "held",
)  # fmt: skip

VALUES: dict[str, tuple[str, ...]] = {
    "gender": GENDERS,
    "age": AGES,
    **{name: ATTRIBUTES[name].values for name in _OF_PERSONS},
}
"""What settings of people can be made of, in the words of persons.parquet; values are counted in
this order."""

UNSET = ({"build"} | ATTRIBUTES.keys()) - VALUES.keys()
"""What persons.parquet tells of people and no setting asks for."""

BAGS = {"backpack": "backpack", "bag": "shoulder-bag", "handbag": "handbag"}
"""Kinds of bags that Market-1501 and DukeMTMC-reID say yes or no to, each by itself, and what they
are here; their ``bag`` is any other."""

_CLOTH = {name: term(colour) for name, (colour, _) in CLOTH.items()}
_SAME: dict[str, dict[str, str]] = {
    "hair_colour": HAIR_WORDS,
    "hair_type": {"bun": "tied", "ponytail": "tied"},
    "beard": {"no": "none", "yes": "beard"},
}


def counterpart(attribute: str, value: str) -> str | None:
    """Which of VALUES a value of an attribute counts as, None for none of them.

    A named colour of cloth counts as its basic term: navy is blue.
    """
    word = value.strip().lower().replace("_", "-").replace(" ", "-").replace("gray", "grey")
    if word in VALUES[attribute]:
        return word
    same = _SAME.get(attribute, _CLOTH if attribute.endswith("_colour") else {})
    return same.get(word)


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The nearest of known words, or all of them, as a hint."""
    near = difflib.get_close_matches(word.lower(), known, 3, 0.5)
    return f"nearest: {', '.join(near)}" if near else f"known are {', '.join(known)}"


def is_flag(values: tuple[str, ...]) -> bool:
    """Whether an attribute says no or yes."""
    return set(values) == set(NO_YES)
