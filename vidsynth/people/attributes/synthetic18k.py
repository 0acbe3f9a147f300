"""The 84 values of Synthetic18K. Uner et al., Synthetic18K: Learning Better Representations for
Person Re-ID and Attribute Recognition, Table 1.

The table says how many values a type of attribute has, not which: their names are ours. Where it
has fewer values than there are words here, the words that look most alike share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from vidsynth.people.attributes.words import ATTRIBUTES, PREFIX

_OF_CLOTHES = {"orange": "brown"}  # brown is dark orange
_OF_SHOES = {"orange": "brown", "pink": "red", "purple": "blue"}
_OF_BAGS = {
    "white": "grey", "orange": "brown", "yellow": "brown", "green": "blue", "purple": "blue",
    "pink": "red",
}  # fmt: skip

FOLDS: dict[str, dict[str, str]] = {
    "body_type": {},
    "upper_colour": _OF_CLOTHES,
    "sleeve": {},
    "lower_kind": {},
    "lower_colour": _OF_CLOTHES,
    "outerwear": {},
    "outerwear_colour": _OF_CLOTHES,
    "shoe_colour": _OF_SHOES,
    "hair_colour": {"red": "brown"},
    "hair_type": {"curly": "bob"},
    "beard": {},
    "bag": {"backpack": "yes", "shoulder-bag": "yes", "handbag": "yes"},
    "bag_colour": _OF_BAGS,
}
"""The types in the table's order, each with the words that count as another."""


def _values(name: str) -> tuple[str, ...]:
    folded = dict.fromkeys(FOLDS[name].get(word, word) for word in ATTRIBUTES[name].values)
    # What somebody has or has not counts as one value.
    return ("yes",) if "yes" in folded else tuple(folded)


SYNTHETIC18K: dict[str, tuple[str, ...]] = {name: _values(name) for name in FOLDS}
"""The values of each type."""

SYNTHETIC18K_COLUMNS = tuple(
    f"{name}={value}" for name, values in SYNTHETIC18K.items() for value in values
)


def as_synthetic18k(rows: Iterable[Mapping[str, Any]]) -> np.ndarray:
    """(N, 84) bool of N rows of persons.parquet; SYNTHETIC18K_COLUMNS names the columns."""
    table = []
    for row in rows:
        words = {name: row[PREFIX + name] for name in FOLDS}
        if row[PREFIX + "inner_colour"] != "none":
            # Outerwear has a colour of its own there.
            words["upper_colour"] = row[PREFIX + "inner_colour"]
        folded = {name: FOLDS[name].get(word, word) for name, word in words.items()}
        table.append([folded[name] == v for name, values in SYNTHETIC18K.items() for v in values])
    return np.array(table, bool).reshape(-1, len(SYNTHETIC18K_COLUMNS))
