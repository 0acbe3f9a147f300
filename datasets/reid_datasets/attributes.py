"""What people look like: the attributes annotated for Market-1501 and DukeMTMC-reID.

Lin et al., Improving Person Re-identification by Attribute and Identity Learning, Pattern
Recognition 2019. One row per person, not per image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import scipy.io

from reid_datasets.errors import DatasetError

_NO_YES = ("no", "yes")
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


def _people(half: object, name: str, path: Path) -> dict[int, Person]:
    ids = [int(text) for text in np.atleast_1d(half.image_index)]  # type: ignore[attr-defined]
    columns = {
        key: _meanings(np.atleast_1d(values), _VALUES[name].get(key, _NO_YES), key, path)
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
