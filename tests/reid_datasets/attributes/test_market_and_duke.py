"""Attributes annotated for Market-1501 and DukeMTMC-reID."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from reid_datasets.attributes import describe, market_and_duke
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Tracklet
from scipy.io import savemat
from scipy.sparse import csc_matrix


def write(path: Path, **columns: Any) -> Path:
    half = {key: np.array(values) for key, values in columns.items()}
    half["image_index"] = np.array(["0002", "0007"], object)
    savemat(path, {"market_attribute": {"train": half, "test": half}})
    return path


def test_values_are_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mat", age=[1, 4], upred=[2, 1], gender=[2, 0])
    assert market_and_duke.read("market1501", path).train == {
        2: {"age": "young", "upred": "yes", "gender": "female"},
        7: {"age": "old", "upred": "no", "gender": None},
    }


def test_other_values_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected 1 to 2 \(no, yes\) for hat .* found 1 to 3"):
        market_and_duke.read("market1501", write(tmp_path / "a.mat", hat=[1, 3]))
    with pytest.raises(DatasetError, match=r"found 1\.0 to 1\.5"):
        market_and_duke.read("market1501", write(tmp_path / "d.mat", hat=[1.0, 1.5]))
    with pytest.raises(DatasetError, match="each of 2 people"):
        market_and_duke.read("market1501", write(tmp_path / "b.mat", hat=[1, 2, 1]))
    with pytest.raises(DatasetError, match="Expected duke_attribute with train and test"):
        market_and_duke.read("dukemtmc-reid", tmp_path / "a.mat")
    (tmp_path / "c.mat").write_bytes(b"MATLAB 5.0")
    with pytest.raises(DatasetError, match="cannot be read"):
        market_and_duke.read("market1501", tmp_path / "c.mat")
    with pytest.raises(DatasetError, match="no others are annotated"):
        market_and_duke.read("mars", tmp_path / "a.mat")


def test_published_files(shared: Path) -> None:
    lists = shared / "data/benchmark-lists"
    market = market_and_duke.read("market1501", lists / "market1501/market_attribute.mat")
    assert (len(market.train), len(market.test)) == (751, 750)
    assert {len(person) for person in market.train.values()} == {27}
    assert {person["age"] for person in market.test.values()} == {
        "young",
        "teenager",
        "adult",
        "old",
    }
    duke = market_and_duke.read("dukemtmc-reid", lists / "dukemtmc-reid/duke_attribute.mat")
    assert (len(duke.train), len(duke.test)) == (702, 1_110)
    assert [key for key, person in duke.train.items() if person["top"] is None] != []


def test_odd_values_and_versions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    odd = ([1.0, np.nan], [-1, 2], [1, np.inf], ["a", "b"], [1 + 2j, 1], [[1, 2], [1, 2]])
    for values in (*odd, csc_matrix([[1.0, 2.0]])):
        with pytest.raises(DatasetError, match=r"Expected .* in .*a\.mat"):
            market_and_duke.read("market1501", write(path, hat=values))
    with h5py.File(path, "w", userblock_size=512) as file:
        file["market_attribute/train/hat"] = np.ones(2)
    with pytest.raises(DatasetError, match=r"7\.3"):
        market_and_duke.read("market1501", path)


def of(person: int) -> Tracklet:
    return Tracklet(ImageFiles(Path("nowhere"), ("a.jpg",)), person, 1)


def test_colour_flags_become_one_class_and_contradictions_are_unknown(tmp_path: Path) -> None:
    flags = {
        "upblack": [2, 2], "upgray": [1, 2], "upwhite": [1, 1],
        "downpink": [2, 1], "downgray": [1, 1],
    }  # fmt: skip
    plain = ("gender", "age", "hair", "up", "down", "clothes")
    bags = ("backpack", "handbag", "bag", "hat")
    others = {key: [1, 2] for key in (*plain, *bags)}
    write(tmp_path / "market_attribute.mat", **flags, **others)
    found = describe("market1501+gamma0.5-2", tmp_path, [of(7), of(2), of(0)])
    words = {
        name: [found.values[name][number] if number >= 0 else None for number in column]
        for name, column in found.labels.items()
    }
    assert words == {
        "gender": ["female", "male", None],
        "age": ["teenager", "child", None],  # rendered people are young below 35
        "hair": ["long", "short", None],
        "sleeve": ["short", "long", None],
        "lower_length": ["short", "long", None],
        "lower_type": ["trousers", "skirt", None],
        "backpack": ["yes", "no", None],
        "handbag": ["yes", "no", None],
        "bag": ["yes", "no", None],
        "hat": ["yes", "no", None],
        "upper_colour": [None, "black", None],  # person 7 is said to wear black, and grey
        "lower_colour": [None, "pink", None],  # nobody says what
    }


def test_people_of_published_files_by_class(shared: Path) -> None:
    """147 of 1,501 people have no colour above, 74 none below; of 1,812 of Duke 15 and 34."""
    lists = shared / "data/benchmark-lists"
    unknown = {}
    for name, people in (("market1501", 1_501), ("dukemtmc-reid", 7_140)):
        table = describe(name, lists / name, [of(person) for person in range(1, people + 1)])
        gender, upper, lower = (
            int(table.counts(key).sum()) for key in ("gender", "upper_colour", "lower_colour")
        )
        unknown[name] = len(table.values), gender, gender - upper, gender - lower
        for key, classes in table.values.items():
            assert (table.counts(key) > 0).all(), (name, key, classes)
    assert unknown == {"market1501": (12, 1_501, 147, 74), "dukemtmc-reid": (10, 1_812, 15, 34)}
