"""A benchmark of some people alone: ``market1501+upper=black``, ``synthetic-images+hat=yes``.

UnrealPerson (Zhang et al., CVPR 2021, 4.4) tests on people in black, Market-black and Duke-black,
whose lists are not public. Here people are chosen by annotated attributes, of which there are
Lin et al.'s for Market-1501 and DukeMTMC-reID (`reid_datasets.attributes`) and those of rendered
sets, which know what is worn.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reid_datasets import attributes
from reid_datasets.attributes import Person
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

_WRITTEN = re.compile(r"([a-z][a-z_]*)=([a-z0-9][a-z0-9 _-]*)\Z")
_PERSONS = "persons.parquet"
_OF_FILE = {  # the annotations, their file, where it is from
    "market1501": ("market1501", "market_attribute.mat", "vana77/Market-1501_Attribute"),
    "market1501-500k": ("market1501", "market_attribute.mat", "vana77/Market-1501_Attribute"),
    "dukemtmc-reid": ("dukemtmc-reid", "duke_attribute.mat", "vana77/DukeMTMC-attribute"),
    "occluded-duke": ("dukemtmc-reid", "duke_attribute.mat", "vana77/DukeMTMC-attribute"),
}
_RENDERED = ("synthetic", "synthetic-cc", "synthetic-images")
_COLOURS = {"upper": "up", "lower": "down"}
"""Annotators say yes or no to each colour of clothes; here a colour is one attribute's value."""


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
    if wanted and name not in _OF_FILE and name not in _RENDERED:
        raise DatasetError(
            f"Expected a benchmark whose people are described ({', '.join((*_OF_FILE, *_RENDERED))}"
            f") for +{wanted[0].attribute}={wanted[0].value}, found {name}."
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
    if name in _RENDERED:
        return _rendered(root), lambda tracklet: tracklet.clothes_id
    annotations, file, repository = _OF_FILE[name]
    places = [root, *(path for path in root.iterdir() if path.is_dir())] if root.is_dir() else []
    found = next((place / file for place in places if (place / file).is_file()), None)
    if found is None:
        raise DatasetError(
            f"Expected {file} in {root}, which says what people of {name} wear, found no such file."
            f" It is in the GitHub repository {repository}."
        )
    both = attributes.read(annotations, found)
    people = {**both.train, **both.test}
    return {number: _with_colours(person) for number, person in people.items()}, (
        lambda tracklet: tracklet.person_id
    )


def _with_colours(person: Person) -> Person:
    """``upblack: yes`` among the others becomes ``upper: black``."""
    plain = dict(person)
    for part, prefix in _COLOURS.items():
        flags = [key for key in person if key.startswith(prefix) and key != prefix]
        worn = [key.removeprefix(prefix) for key in flags if person[key] == "yes"]
        plain |= {part: worn[0] if len(worn) == 1 else None}
        plain = {key: value for key, value in plain.items() if key not in flags}
    return plain


def _rendered(root: Path) -> dict[int, Person]:
    """By outfit: the columns ``attribute_*``, ``upper`` and ``lower`` for colours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(root / _PERSONS)
        columns = {
            column.removeprefix("attribute_"): table[column].to_pylist()
            for column in table.column_names
            if column.startswith("attribute_")
        }
        outfits = table["clothes_id"].to_pylist()
    except (OSError, KeyError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected {_PERSONS} with clothes_id and attributes in {root}, but it cannot be read "
            f"({str(error).splitlines()[0]}). Render the set again, or ask for no attribute."
        ) from error
    columns |= {part: columns.get(f"{part}_colour", []) for part in _COLOURS}
    return {
        outfit: {key: values[row] for key, values in columns.items() if values}
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
            raise DatasetError(_unknown(each.attribute, values, f"an attribute of {name}"))
        if each.value not in values[each.attribute]:
            what = f"a value of {each.attribute} in {name}"
            raise DatasetError(_unknown(each.value, values[each.attribute], what))


def _unknown(text: str, known: Iterable[str], what: str) -> str:
    near = difflib.get_close_matches(text, known := sorted(known), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"Expected {what} among {', '.join(known)}, found {text!r}.{hint}"
