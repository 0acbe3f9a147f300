"""The 13 attributes of FineGPR. Xiang et al., Less is More: Learning from Synthetic Data with
Fine-grained Attributes for Person Re-Identification.

The paper names the number and examples (dress, hat, backpack, colours above and below), and shows
the list as a picture: the choice of 13 is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vidsynth.colour import TERMS
from vidsynth.people.attributes.words import GENDERS, NO_YES, PREFIX

Reading = Callable[[Mapping[str, Any]], str]


def _whether(name: str, *values: str) -> tuple[tuple[str, ...], Reading]:
    return NO_YES, lambda row: NO_YES[row[PREFIX + name] in values]


FINEGPR: dict[str, tuple[tuple[str, ...], Reading]] = {
    "gender": (GENDERS, lambda row: str(row[PREFIX + "body_type"]).partition("-")[0]),
    "long_hair": _whether("hair_type", "long"),
    "short_sleeve": _whether("sleeve", "none", "short"),
    "jeans": _whether("lower_kind", "jeans"),
    "shorts": _whether("lower_kind", "shorts"),
    "skirt": _whether("lower_kind", "skirt"),
    "dress": _whether("dress", "yes"),
    "hat": _whether("hat", "yes"),
    "glasses": _whether("glasses", "yes"),
    "backpack": _whether("bag", "backpack"),
    "shoulder_bag": _whether("bag", "shoulder-bag"),
    "upper_colour": (TERMS, lambda row: str(row[PREFIX + "upper_colour"])),
    "lower_colour": (TERMS, lambda row: str(row[PREFIX + "lower_colour"])),
}
"""The values of each, and how a row of persons.parquet tells them."""


def as_finegpr(row: Mapping[str, Any]) -> dict[str, str]:
    """The 13 attributes of a row of persons.parquet."""
    return {name: reading(row) for name, (_, reading) in FINEGPR.items()}
