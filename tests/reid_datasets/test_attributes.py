"""Attributes of people, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from reid_datasets import attributes
from reid_datasets.errors import DatasetError
from scipy.io import savemat
from scipy.sparse import csc_matrix


def write(path: Path, **columns: Any) -> Path:
    half = {key: np.array(values) for key, values in columns.items()}
    half["image_index"] = np.array(["0002", "0007"], object)
    savemat(path, {"market_attribute": {"train": half, "test": half}})
    return path


def test_values_are_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mat", age=[1, 4], upred=[2, 1], gender=[2, 0])
    assert attributes.read("market1501", path).train == {
        2: {"age": "young", "upred": "yes", "gender": "female"},
        7: {"age": "old", "upred": "no", "gender": None},
    }


def test_other_values_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected 1 to 2 \(no, yes\) for hat .* found 1 to 3"):
        attributes.read("market1501", write(tmp_path / "a.mat", hat=[1, 3]))
    with pytest.raises(DatasetError, match=r"found 1\.0 to 1\.5"):
        attributes.read("market1501", write(tmp_path / "d.mat", hat=[1.0, 1.5]))
    with pytest.raises(DatasetError, match="each of 2 people"):
        attributes.read("market1501", write(tmp_path / "b.mat", hat=[1, 2, 1]))
    with pytest.raises(DatasetError, match="Expected duke_attribute with train and test"):
        attributes.read("dukemtmc-reid", tmp_path / "a.mat")
    (tmp_path / "c.mat").write_bytes(b"MATLAB 5.0")
    with pytest.raises(DatasetError, match="cannot be read"):
        attributes.read("market1501", tmp_path / "c.mat")
    with pytest.raises(DatasetError, match="no others are annotated"):
        attributes.read("mars", tmp_path / "a.mat")


def test_published_files(shared: Path) -> None:
    lists = shared / "data/benchmark-lists"
    market = attributes.read("market1501", lists / "market1501/market_attribute.mat")
    assert (len(market.train), len(market.test)) == (751, 750)
    assert {len(person) for person in market.train.values()} == {27}
    assert {person["age"] for person in market.test.values()} == {
        "young",
        "teenager",
        "adult",
        "old",
    }
    duke = attributes.read("dukemtmc-reid", lists / "dukemtmc-reid/duke_attribute.mat")
    assert (len(duke.train), len(duke.test)) == (702, 1_110)
    assert [key for key, person in duke.train.items() if person["top"] is None] != []


def test_odd_values_and_versions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    odd = ([1.0, np.nan], [-1, 2], [1, np.inf], ["a", "b"], [1 + 2j, 1], [[1, 2], [1, 2]])
    for values in (*odd, csc_matrix([[1.0, 2.0]])):
        with pytest.raises(DatasetError, match=r"Expected .* in .*a\.mat"):
            attributes.read("market1501", write(path, hat=values))
    with h5py.File(path, "w", userblock_size=512) as file:
        file["market_attribute/train/hat"] = np.ones(2)
    with pytest.raises(DatasetError, match=r"7\.3"):
        attributes.read("market1501", path)
