"""Columns are declared once: what is written follows from the declarations."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.vidsynth.formats.painted_set import paint
from vidsynth.labels.columns import Column, Table, list_of
from vidsynth.labels.crops import CROPS, SIGHTS
from vidsynth.labels.frames import VIEWS
from vidsynth.labels.images import IMAGES
from vidsynth.labels.persons import PERSONS, Dressed
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.labels.tracklets import TRACKLETS
from vidsynth.people.sampling import sample_person

TABLES = {
    "crops": CROPS, "sights": SIGHTS, "views": VIEWS, "images": IMAGES, "tracklets": TRACKLETS,
    "persons": PERSONS,
}  # fmt: skip
LATER = {"position", "offset", "size", "path", "query"}
"""What formats and the whole set decide."""


@pytest.mark.parametrize("name", TABLES)
def test_a_column_is_there_once_and_says_what_it_means(name: str) -> None:
    columns = TABLES[name].columns
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.meaning and "|" not in column.meaning for column in columns)
    assert {column.name for column in columns if column.get is None} <= LATER


def test_a_record_has_what_is_known_and_a_file_all_columns() -> None:
    twice = Column[int]("twice", pa.int8(), "m", "of it", lambda n: 2 * n)
    table = Table((twice, Column[int]("later", pa.int8(), "", "filled in")))
    assert table.record(3) == {"twice": 6}
    assert table.schema.names == ["twice", "later"]
    assert [c.name for c in table.without("twice")] == ["later"]
    assert list_of(pa.int8(), 17, 2) == pa.list_(pa.list_(pa.int8(), 2), 17)


@pytest.mark.parametrize(
    ("layout", "folder", "table"),
    [("mars", "crops", CROPS), ("coco", "crops", SIGHTS), ("coco", "views", VIEWS)],
)
def test_a_set_has_the_columns_that_are_declared(
    tmp_path: Path, layout: str, folder: str, table: Table
) -> None:
    root = paint(tmp_path, layout)
    first = sorted((root / folder).glob("*.parquet"))[0]
    schema = pq.read_schema(first)
    assert schema.remove_metadata().equals(table.schema)
    assert schema.metadata[b"vidsynth_schema_version"] == str(SCHEMA_VERSION).encode()
    rows = pq.read_table(first).to_pylist()
    # On a person's own camera at a site everything but where in a shard they are is known.
    missing = {name for row in rows for name, value in row.items() if value is None}
    assert rows
    assert missing <= {"offset", "size", "position"}
    assert pq.read_schema(root / "tracklets.parquet").remove_metadata().equals(TRACKLETS.schema)
    assert pq.read_schema(root / "persons.parquet").remove_metadata().equals(PERSONS.schema)


def test_everything_a_person_is_made_of_is_a_column() -> None:
    person = sample_person(np.random.default_rng(0), 1)
    row = PERSONS.record(Dressed(person, "train", 1, 1, group=1, regions=("shoes", "bag")))
    assert row["look_alike_regions"] == "shoes,bag"

    def check(part: Any, prefix: str = "") -> None:
        for field in fields(part):
            value, name = getattr(part, field.name), prefix + field.name
            if is_dataclass(value):
                check(value, f"{name}_")
            else:
                assert row[name] == (list(value) if isinstance(value, tuple) else value)

    check(person)
    filmed = PERSONS.record(Dressed(replace(person, motion="a.bvh"), "train", 1, 1, group=1))
    assert filmed["gait_speed"] == person.gait.speed
    assert np.isnan(filmed["gait_cadence"])
