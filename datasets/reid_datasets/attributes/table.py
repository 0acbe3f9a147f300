"""What is known of the attributes of N tracklets."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reid_datasets.errors import DatasetError
from reid_datasets.labels import UNKNOWN

log = logging.getLogger(__name__)

PREFIX = "attribute:"
"""Before an attribute's name among the labels of a batch: ``attribute:hat``."""

NO_YES = ("no", "yes")

Values = Mapping[str, tuple[str, ...]]
"""The classes of each attribute, in the order in which they are numbered from 0."""


@dataclass(frozen=True, eq=False)
class AttributeTable:
    """Attributes of N tracklets.

    Args:
        values: the classes of each attribute.
        labels: for each attribute the number of each tracklet's class, int64 (N,), `UNKNOWN` (-1)
            where nobody says or annotators contradict themselves.
    """

    values: Values
    labels: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        if self.values.keys() != self.labels.keys():
            raise ValueError("expected values and labels of the same attributes")
        if len({column.shape for column in self.labels.values()}) > 1:
            raise ValueError("expected labels of the same tracklets, (N,) for each attribute")
        for name, column in self.labels.items():
            if column.size and not UNKNOWN <= column.min() <= column.max() < len(self.values[name]):
                raise ValueError(f"expected labels of {name} from -1 to {len(self.values[name])}-1")

    def counts(self, name: str) -> np.ndarray:
        """How many tracklets have each class of an attribute, int64 (C,)."""
        known = self.labels[name][self.labels[name] != UNKNOWN]
        return np.bincount(known, minlength=len(self.values[name])).astype(np.int64)

    def columns(self) -> dict[str, np.ndarray]:
        """Labels as a batch names them, int64 (N,): ``attribute:hat``."""
        return {PREFIX + name: column for name, column in self.labels.items()}

    def only(self, names: Iterable[str] | None) -> AttributeTable:
        """The attributes with these names, in their own order; all for None.

        Raises DatasetError for a name that is not there, with the nearest one.
        """
        if names is None:
            return self
        asked = tuple(dict.fromkeys(names))
        for name in asked:
            if name not in self.values:
                raise DatasetError(not_among(name, self.values, "an attribute"))
        kept = [name for name in self.values if name in asked]
        return AttributeTable(
            {name: self.values[name] for name in kept}, {name: self.labels[name] for name in kept}
        )

    def learnable(self, asked: Sequence[str] | None = None) -> AttributeTable:
        """The attributes of which at least two classes occur: only they can be learnt.

        Raises DatasetError where an attribute that was asked for is none of them, or none is left.
        """
        kept = []
        for name in self.values:
            seen = [self.values[name][number] for number in np.flatnonzero(self.counts(name))]
            if len(seen) > 1:
                kept.append(name)
            elif asked is not None and name in asked:
                found = f"{seen[0]} for everybody who is described" if seen else "it of nobody"
                raise DatasetError(
                    f"Expected at least two values of the attribute {name} to learn from, found "
                    f"{found}. Leave it out of data.attributes, or add people who differ in it."
                )
        if not kept:
            raise DatasetError(
                f"Expected an attribute in which people differ among {', '.join(self.values)}, "
                "found none."
            )
        return self.only(kept)

    def mapped(self, values: Values) -> AttributeTable:
        """The same in the classes of ``values``, such as those that a model knows.

        A class that is not among them becomes unknown, with a warning; an attribute without any
        label left, or that is in one of both alone, is left out. Raises DatasetError where none is
        left.
        """
        found = {}
        for name, classes in values.items():
            if name not in self.values:
                continue
            numbers = {value: number for number, value in enumerate(classes)}
            change = np.array([numbers.get(v, UNKNOWN) for v in self.values[name]] + [UNKNOWN])
            column = change[self.labels[name]]  # the last entry serves -1
            lost = {v: n for v, n in zip(self.values[name], self.counts(name), strict=True) if n}
            lost = {value: count for value, count in lost.items() if value not in numbers}
            if lost:
                said = ", ".join(f"{value} ({count} tracklets)" for value, count in lost.items())
                log.warning(
                    "%s: %s count as unknown, as known values are %s",
                    name,
                    said,
                    ", ".join(classes),
                )
            if (column != UNKNOWN).any():
                found[name] = column.astype(np.int64)
        if not found:
            raise DatasetError(
                f"Expected labels of one of the attributes {', '.join(values)} with the same "
                f"values, found {', '.join(self.values)}: names and values have to be equal."
            )
        return AttributeTable({name: tuple(values[name]) for name in found}, found)


def coded(words: Iterable[str | None], classes: Sequence[str]) -> np.ndarray:
    """The numbers of words, int64 (N,), -1 for None. KeyError: a word is none of the classes."""
    numbers: dict[str | None, int] = {value: number for number, value in enumerate(classes)}
    numbers[None] = UNKNOWN
    return np.array([numbers[word] for word in words], np.int64)


def not_among(text: str, known: Iterable[str], what: str) -> str:
    """An error's message for a name that is not known, with the nearest one that is."""
    near = difflib.get_close_matches(text, known := sorted(known), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"Expected {what} among {', '.join(known)}, found {text!r}.{hint}"
