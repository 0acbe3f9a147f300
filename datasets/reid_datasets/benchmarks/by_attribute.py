"""A benchmark of some people alone: ``market1501+upper=black``, ``synthetic-images+hat=yes``.

UnrealPerson (Zhang et al., CVPR 2021, 4.4) tests on people in black, Market-black and Duke-black,
whose lists are not public. Here people are chosen by annotated attributes, of which there are
Lin et al.'s for Market-1501 and DukeMTMC-reID and those of rendered sets, which know what is worn
(`reid_datasets.attributes`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reid_datasets.attributes import market_and_duke, rendered
from reid_datasets.attributes.market_and_duke import Person
from reid_datasets.attributes.table import not_among
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

_WRITTEN = re.compile(r"([a-z][a-z_]*)=([a-z0-9][a-z0-9 _-]*)\Z")
_COLOURS = {"upper": "upper_colour", "lower": "lower_colour"}
"""What the colours of clothes are called behind a plus, and in rendered sets."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attribute, and the value that people have who stay."""

    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.attribute} {self.value}"


def parse(text: str) -> Wanted:
    """What stands behind a plus: ``upper=black``. DatasetError."""
    found = _WRITTEN.match(text)
    if found is None:
        raise DatasetError(
            "Expected an attribute and its value behind the plus, such as market1501+upper=black "
            f"or market1501+gender=female, found {text!r}."
        )
    return Wanted(found[1], found[2])


def require_annotated(name: str, wanted: Sequence[Wanted]) -> None:
    """DatasetError: nobody says what people of this benchmark look like."""
    described = (*market_and_duke.BENCHMARKS, *rendered.BENCHMARKS)
    if wanted and name not in described:
        raise DatasetError(
            f"Expected a benchmark whose people are described ({', '.join(described)}) for "
            f"+{wanted[0].attribute}={wanted[0].value}, found {name}."
        )


def chosen(split: Split, name: str, root: Path, wanted: Sequence[Wanted]) -> Split:
    """The tracklets, of all parts, of people with all of these attributes.

    Of a rendered set outfits are chosen rather than people. Whoever is not described stays out:
    distractors of Market-1501, too. Raises DatasetError.
    """
    described, of = _described(name, root)
    _require_known(described.values(), name, wanted)
    kept = {
        key
        for key, person in described.items()
        if all(person.get(w.attribute) == w.value for w in wanted)
    }
    train, query, gallery = (
        tuple(tracklet for tracklet in part if of(tracklet) in kept)
        for part in (split.train, split.query, split.gallery)
    )
    if not train and not query:
        asked = " and ".join(f"{w.attribute}={w.value}" for w in wanted)
        raise DatasetError(
            f"Expected people with {asked} in {name}, found none among {len(described)}. Ask for "
            "less at once."
        )
    return replace(split, train=train, query=query, gallery=gallery)


def _described(name: str, root: Path) -> tuple[dict[int, Person], Callable[[Tracklet], int | None]]:
    """What people look like, by the number that a tracklet has of them."""
    if name in rendered.BENCHMARKS:
        return _by_outfit(root), lambda tracklet: tracklet.clothes_id
    return market_and_duke.people_of(name, root), lambda tracklet: tracklet.person_id


def _by_outfit(root: Path) -> dict[int, Person]:
    """The columns ``attribute_*``, ``upper`` and ``lower`` for colours."""
    outfits, words = rendered.read(root)
    words |= {part: words.get(column, []) for part, column in _COLOURS.items()}
    return {
        outfit: {key: values[row] for key, values in words.items() if values}
        for row, outfit in enumerate(outfits)
    }


def _require_known(people: Iterable[Person], name: str, wanted: Sequence[Wanted]) -> None:
    """DatasetError: no such attribute, or nobody has the value."""
    values: dict[str, set[str]] = {}
    for person in people:
        for key, value in person.items():
            values.setdefault(key, set()).update([value] if value is not None else [])
    for each in wanted:
        if each.attribute not in values:
            raise DatasetError(not_among(each.attribute, values, f"an attribute of {name}"))
        if each.value not in values[each.attribute]:
            what = f"a value of {each.attribute} in {name}"
            raise DatasetError(not_among(each.value, values[each.attribute], what))
