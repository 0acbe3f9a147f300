"""The attributes annotated for Market-1501 and DukeMTMC-reID.

Lin et al., Improving Person Re-identification by Attribute and Identity Learning, Pattern
Recognition 2019. One row per person, not per image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import scipy.io

from reid_datasets.attributes.table import NO_YES, AttributeTable, coded
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet

_VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "market1501": {
        "age": ("young", "teenager", "adult", "old"),
        "clothes": ("dress", "trousers"),
        "down": ("long", "short"),
        "up": ("long sleeve", "short sleeve"),
        "hair": ("short", "long"),
        "gender": ("male", "female"),
    },
    "dukemtmc-reid": {
        "shoes": ("dark", "light"),
        "top": ("short", "long"),
        "gender": ("male", "female"),
    },
}
"""Meanings of 1, 2, ... by attribute; every other one is no (1) or yes (2)."""
_VARIABLES = {"market1501": "market_attribute", "dukemtmc-reid": "duke_attribute"}
BENCHMARKS = {
    "market1501": ("market1501", "market_attribute.mat", "vana77/Market-1501_Attribute"),
    "market1501-500k": ("market1501", "market_attribute.mat", "vana77/Market-1501_Attribute"),
    "dukemtmc-reid": ("dukemtmc-reid", "duke_attribute.mat", "vana77/DukeMTMC-attribute"),
    "occluded-duke": ("dukemtmc-reid", "duke_attribute.mat", "vana77/DukeMTMC-attribute"),
}
"""Whose annotations a benchmark's people have, their file, and where it is from."""
_COLOURS = {"upper": "up", "lower": "down"}
"""Annotators say yes or no to each colour of clothes; here a colour is one attribute's value."""
_BAGS = {name: (name, NO_YES) for name in ("backpack", "handbag", "bag", "hat")}
_COLUMNS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "market1501": {
        "gender": ("gender", ("female", "male")),
        "age": ("age", ("child", "teenager", "adult", "old")),
        "hair": ("hair", ("short", "long")),
        "sleeve": ("up", ("short", "long")),
        "lower_length": ("down", ("short", "long")),
        "lower_type": ("clothes", ("skirt", "trousers")),
        **_BAGS,
        "upper_colour": (
            "upper",
            ("black", "grey", "white", "red", "yellow", "green", "blue", "purple"),
        ),
        "lower_colour": (
            "lower",
            ("black", "grey", "white", "yellow", "green", "blue", "purple", "brown", "pink"),
        ),
    },
    "dukemtmc-reid": {
        "gender": ("gender", ("female", "male")),
        "upper_length": ("top", ("short", "long")),
        "boots": ("boots", NO_YES),
        "shoe_shade": ("shoes", ("dark", "light")),
        **_BAGS,
        "upper_colour": (
            "upper",
            ("black", "grey", "white", "red", "green", "blue", "purple", "brown"),
        ),
        "lower_colour": ("lower", ("black", "grey", "white", "red", "green", "blue", "brown")),
    },
}
"""What `describe` calls an attribute, what the annotators do, and its classes."""
_WORDS = {
    "young": "child", "short sleeve": "short", "long sleeve": "long", "dress": "skirt",
    "gray": "grey",
}  # fmt: skip
"""Annotators' words for what is called otherwise here, so that a word means the same in every set:
``young`` of rendered people is below 35 years."""

Person = Mapping[str, str | None]
"""Attribute to value, e.g. ``{"gender": "female", "upred": "yes"}``; None where it is unknown."""


@dataclass(frozen=True)
class Attributes:
    """Attributes of the people of both halves, by person id."""

    train: Mapping[int, Person]
    test: Mapping[int, Person]


def read(name: str, path: Path) -> Attributes:
    """The attributes of ``market1501`` or ``dukemtmc-reid`` from the .mat file at ``path``.

    The files are market_attribute.mat and duke_attribute.mat of the GitHub repositories
    vana77/Market-1501_Attribute and vana77/DukeMTMC-attribute. Raises DatasetError.
    """
    if name not in _VARIABLES:
        raise DatasetError(
            f"Expected attributes of {' or '.join(_VARIABLES)}, found {name!r}: no others are "
            "annotated."
        )
    try:
        if h5py.is_hdf5(path):
            raise ValueError("it is of MATLAB 7.3; save it with -v7")
        content = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False)
        table = content[_VARIABLES[name]]
        halves = [_people(getattr(table, half), name, path) for half in ("train", "test")]
    except DatasetError:
        raise
    except Exception as error:  # scipy raises whatever the damage leads to
        raise DatasetError(
            f"Expected {_VARIABLES[name]} with train and test in {path}, but it cannot be read "
            f"({type(error).__name__}: {error}). Use the published file."
        ) from error
    return Attributes(*halves)


def describe(name: str, root: Path, tracklets: Sequence[Tracklet]) -> AttributeTable:
    """Attributes of tracklets of one of BENCHMARKS at ``root``: Synthetic18K's 12 columns of
    Market-1501, and ten of DukeMTMC-reID.

    A colour is unknown of whom annotators gave none, or several. Raises DatasetError.
    """
    people = people_of(name, root)
    persons: list[Person] = [people.get(tracklet.person_id, {}) for tracklet in tracklets]
    columns = _COLUMNS[BENCHMARKS[name][0]]
    labels = {}
    for attribute, (key, classes) in columns.items():
        words = (person.get(key) for person in persons)
        labels[attribute] = coded((_WORDS.get(word or "", word) for word in words), classes)
    return AttributeTable({name: classes for name, (_, classes) in columns.items()}, labels)


def people_of(name: str, root: Path) -> dict[int, Person]:
    """What people of one of BENCHMARKS look like, by person id, colours as the values of ``upper``
    and ``lower``. Raises DatasetError."""
    annotations, file, repository = BENCHMARKS[name]
    places = [root, *(path for path in root.iterdir() if path.is_dir())] if root.is_dir() else []
    found = next((place / file for place in places if (place / file).is_file()), None)
    if found is None:
        raise DatasetError(
            f"Expected {file} in {root}, which says what people of {name} wear, found no such file."
            f" It is in the GitHub repository {repository}."
        )
    both = read(annotations, found)
    return {number: _with_colours(who) for number, who in {**both.train, **both.test}.items()}


def _with_colours(person: Person) -> Person:
    """``upblack: yes`` among the others becomes ``upper: black``."""
    plain = dict(person)
    for part, prefix in _COLOURS.items():
        flags = [key for key in person if key.startswith(prefix) and key != prefix]
        worn = [key.removeprefix(prefix) for key in flags if person[key] == "yes"]
        plain |= {part: worn[0] if len(worn) == 1 else None}
        plain = {key: value for key, value in plain.items() if key not in flags}
    return plain


def _people(half: object, name: str, path: Path) -> dict[int, Person]:
    ids = [int(text) for text in np.atleast_1d(half.image_index)]  # type: ignore[attr-defined]
    columns = {
        key: _meanings(np.atleast_1d(values), _VALUES[name].get(key, NO_YES), key, path)
        for key, values in vars(half).items()
        if not key.startswith("_") and key != "image_index"
    }
    if any(len(values) != len(ids) for values in columns.values()):
        raise DatasetError(
            f"Expected a value of every attribute for each of {len(ids)} people in {path}, found "
            "fewer or more. Use the published file."
        )
    return {
        person: {key: values[row] for key, values in columns.items()}
        for row, person in enumerate(ids)
    }


def _meanings(values: np.ndarray, words: tuple[str, ...], key: str, path: Path) -> list[str | None]:
    """0 is unknown (one person's ``top`` in DukeMTMC-reID)."""
    finite = values.dtype.kind in "iub" or (values.dtype.kind == "f" and np.isfinite(values).all())
    numbers = values.astype(int) if finite and values.ndim == 1 else np.zeros(0, int)
    if (
        not numbers.size
        or (numbers != values).any()
        or numbers.min() < 0
        or numbers.max() > len(words)
    ):
        raise DatasetError(
            f"Expected 1 to {len(words)} ({', '.join(words)}) for {key} in {path}, found "
            f"{_range(values)}. Use the published file."
        )
    return [words[number - 1] if number else None for number in numbers.tolist()]


def _range(values: np.ndarray) -> str:
    if values.size and values.ndim == 1 and values.dtype.kind in "iubf":
        return f"{values.min()} to {values.max()}"
    return f"values of the type {values.dtype} and the shape {values.shape}"
