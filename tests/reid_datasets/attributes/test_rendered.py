"""Attributes of rendered outfits."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reid_datasets.attributes import describe
from reid_datasets.attributes.rendered import VALUES
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Tracklet

from vidsynth.people.attributes import ATTRIBUTES


def wearing(outfit: int | None) -> Tracklet:
    return Tracklet(ImageFiles(Path("nowhere"), ("a.jpg",)), 1, 1, outfit)


def write(root: Path, **columns: list[str]) -> Path:
    table = {"clothes_id": [10, 11], **{f"attribute_{k}": v for k, v in columns.items()}}
    pq.write_table(pa.table(table), root / "persons.parquet")
    return root


def test_the_words_are_those_that_are_rendered() -> None:
    assert {name: VALUES[name] for name in ATTRIBUTES if name != "body_type"} == {
        name: attribute.values for name, attribute in ATTRIBUTES.items() if name != "body_type"
    }
    parts = [(g, a, b) for g in VALUES["gender"] for a in VALUES["age"] for b in VALUES["build"]]
    assert tuple("-".join(each) for each in parts) == ATTRIBUTES["body_type"].values


def test_a_tracklet_has_what_its_outfit_has(tmp_path: Path) -> None:
    write(tmp_path, body_type=["female-middle-aged-thin", "male-old-heavy"], hat=["no", "yes"])
    found = describe("synthetic", tmp_path, [wearing(11), wearing(10), wearing(None), wearing(12)])
    assert {name: column.tolist() for name, column in found.labels.items()} == {
        "gender": [1, 0, -1, -1],
        "age": [2, 1, -1, -1],
        "build": [2, 0, -1, -1],
        "hat": [1, 0, -1, -1],
    }


def test_other_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected persons\.parquet with clothes_id"):
        describe("synthetic", tmp_path, [])
    with pytest.raises(DatasetError, match=r"columns attribute_\* .* found none"):
        describe("synthetic", write(tmp_path), [wearing(10)])
    with pytest.raises(DatasetError, match=r"Expected no, yes as attribute_hat .* found 'perhaps'"):
        describe("synthetic-images", write(tmp_path, hat=["no", "perhaps"]), [wearing(11)])
    with pytest.raises(DatasetError, match=r"gender, age and build .* found 'tall'"):
        describe("synthetic-cc", write(tmp_path, body_type=["tall", "tall"]), [wearing(11)])
