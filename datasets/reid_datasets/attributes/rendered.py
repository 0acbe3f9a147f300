"""Attributes of people whom vidsynth rendered, from the columns ``attribute_*`` of persons.parquet.

They are of outfits: a tracklet's ``clothes_id`` says which.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from reid_datasets.attributes.table import NO_YES, AttributeTable, coded
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet

log = logging.getLogger(__name__)

BENCHMARKS = ("synthetic", "synthetic-cc", "synthetic-images")
COLOURS = (
    "black", "grey", "white", "red", "orange", "yellow", "green", "blue", "purple", "brown", "pink",
)  # fmt: skip
_TABLE = "persons.parquet"
_PREFIX = "attribute_"
_BODY_TYPE = "body_type"
_OF_BODY_TYPE = {
    "gender": ("female", "male"),
    "age": ("young", "middle-aged", "old"),
    "build": ("thin", "average", "heavy"),
}
"""``female-middle-aged-thin`` is three attributes."""
VALUES: dict[str, tuple[str, ...]] = {
    **_OF_BODY_TYPE,
    "upper_colour": COLOURS,
    "upper_second_colour": ("none", *COLOURS),
    "sleeve": ("none", "short", "long"),
    "lower_kind": ("trousers", "jeans", "shorts", "skirt"),
    "lower_colour": COLOURS,
    "outerwear": NO_YES,
    "outerwear_colour": ("none", *COLOURS),
    "inner_colour": ("none", *COLOURS),
    "shoe_colour": COLOURS,
    "hair_colour": ("black", "brown", "blond", "red", "grey"),
    "hair_type": ("cropped", "short", "curly", "bob", "long", "tied", "bald"),
    "beard": ("none", "beard"),
    "bag": ("none", "backpack", "shoulder-bag", "handbag"),
    "bag_colour": ("none", *COLOURS),
    "dress": NO_YES,
    "hat": NO_YES,
    "hat_colour": ("none", *COLOURS),
    "glasses": NO_YES,
    "mask": NO_YES,
    "scarf": NO_YES,
    "headphones": NO_YES,
    "held": ("none", "phone", "umbrella"),
}
"""The words of docs/labels.md; ``body_type`` is divided into gender, age and build."""

Words = dict[str, list[str | None]]


def describe(root: Path, tracklets: Sequence[Tracklet]) -> AttributeTable:
    """Attributes of tracklets of the rendered set at ``root``. Raises DatasetError."""
    outfits, words = read(root)
    unknown = sorted(words.keys() - VALUES.keys() - {_BODY_TYPE})
    if unknown:
        log.warning("%s has columns that are not known here: %s", root / _TABLE, ", ".join(unknown))
    if _BODY_TYPE in words:
        words |= _divided(words[_BODY_TYPE], root)
    rows = {outfit: row for row, outfit in enumerate(outfits)}
    places = [rows.get(tracklet.clothes_id or 0) for tracklet in tracklets]
    values = {name: classes for name, classes in VALUES.items() if name in words}
    labels = {}
    for name, classes in values.items():
        column = words[name]
        try:
            labels[name] = coded((None if p is None else column[p] for p in places), classes)
        except KeyError as error:
            raise DatasetError(
                f"Expected {', '.join(classes)} as {_PREFIX}{name} in {root / _TABLE}, found "
                f"{error}: another version wrote it. Read it with that version."
            ) from error
    return AttributeTable(values, labels)


def read(root: Path) -> tuple[list[int], Words]:
    """``clothes_id`` of all P outfits, and their P words by attribute. Raises DatasetError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(root / _TABLE)
        words = {
            column.removeprefix(_PREFIX): table[column].to_pylist()
            for column in table.column_names
            if column.startswith(_PREFIX)
        }
        outfits = table["clothes_id"].to_pylist()
    except (OSError, KeyError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected {_TABLE} with clothes_id and attributes in {root}, but it cannot be read "
            f"({str(error).splitlines()[0]}). Render the set again, or ask for no attribute."
        ) from error
    if not words:
        raise DatasetError(
            f"Expected columns {_PREFIX}* in {root / _TABLE}, found none: an older version wrote "
            "it. Render the set again."
        )
    return outfits, words


def _divided(bodies: list[str | None], root: Path) -> Words:
    """Gender, age and build out of words such as ``female-middle-aged-thin``."""
    found: Words = {name: [] for name in _OF_BODY_TYPE}
    for body in bodies:
        gender, _, rest = (body or "").partition("-")
        age, _, build = rest.rpartition("-")
        if body and not (gender and age and build):
            raise DatasetError(
                f"Expected gender, age and build as {_PREFIX}{_BODY_TYPE} in {root / _TABLE}, "
                f"found {body!r}. Render the set again."
            )
        for name, word in zip(_OF_BODY_TYPE, (gender, age, build), strict=True):
            found[name].append(word or None)
    return found
