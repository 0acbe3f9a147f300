"""MATLAB files of every version: the right table, or one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.benchmarks.matlab import matrix
from reid_datasets.errors import DatasetError
from scipy.io import savemat
from scipy.sparse import csc_matrix

TABLE = np.array([[1, 6, 1, 2], [7, 12, -1, 1], [13, 13, 5, 2]])


def write_hdf5(path: Path, content: dict[str, Any], **attributes: object) -> Path:
    """As MATLAB 7.3 does: 512 bytes of its own, and dimensions in reverse."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, table in content.items():
            file[name] = np.asarray(table).T
            file[name].attrs.update({"MATLAB_class": np.bytes_("double"), **attributes})
    return path


def write_sparse_hdf5(path: Path, table: np.ndarray) -> Path:
    sparse = csc_matrix(table)
    with h5py.File(path, "w", userblock_size=512) as file:
        group = file.create_group("t")
        group.attrs["MATLAB_sparse"] = np.uint64(len(table))
        group["jc"], group["ir"], group["data"] = sparse.indptr, sparse.indices, sparse.data
    return path


def test_every_version_gives_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"t": TABLE.astype(float)})
    assert np.array_equal(matrix(path, columns=4), TABLE)
    savemat(path, {"t": TABLE.astype(np.int16)}, format="4")
    assert np.array_equal(matrix(path), TABLE)
    savemat(path, {"t": csc_matrix(TABLE.astype(float))})
    assert np.array_equal(matrix(path), TABLE)
    assert np.array_equal(matrix(write_hdf5(path, {"t": TABLE.astype(float)})), TABLE)
    assert np.array_equal(matrix(write_sparse_hdf5(path, TABLE.astype(float))), TABLE)
    assert matrix(write_hdf5(path, {"t": [0, 4]}, MATLAB_empty=1)).shape == (0, 4)
    assert matrix(path).dtype == np.int64


@pytest.mark.parametrize("value", [1.5, np.nan, np.inf, 1e300])
@pytest.mark.parametrize("version", ["5", "7.3", "sparse"])
def test_what_is_no_whole_number_is_named(tmp_path: Path, value: float, version: str) -> None:
    table, path = TABLE.astype(float), tmp_path / "a.mat"
    table[1, 2] = value
    if version == "7.3":
        write_hdf5(path, {"t": table})
    else:
        savemat(path, {"t": table if version == "5" else csc_matrix(table)})
    with pytest.raises(DatasetError, match=r"whole numbers in .*a\.mat, found .* at \(2, 3\)"):
        matrix(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"t": "text"}, "whole numbers in .* type"),
        ({"t": np.array([["a", 1]], object)}, "whole numbers in .* type"),
        ({"t": TABLE * 1j}, "whole numbers in .* type complex"),
        ({"t": {"a": 1}}, "whole numbers in .* type"),
        ({"t": TABLE[:, :3]}, r"4 columns in .*, found an array of shape \(3, 3\)"),
        ({"t": np.ones((2, 2, 4))}, r"4 columns in .*, found an array of shape"),
        ({"t": TABLE, "u": TABLE}, "one table .* found 2 variables: t, u"),
        ({}, "one table .* found 0 variables"),
    ],
)
def test_other_content_is_refused(tmp_path: Path, content: dict[str, Any], message: str) -> None:
    savemat(tmp_path / "a.mat", content)
    with pytest.raises(DatasetError, match=message):
        matrix(tmp_path / "a.mat", columns=4)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = write_hdf5(tmp_path / "a.mat", {"t": TABLE})
    data = path.read_bytes()
    for content in (b"", data[:600], data[:1000], b"MATLAB 5.0 MAT-file", b"\0" * 900):
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=r"MATLAB file|one table"):
            matrix(path)
    with pytest.raises(DatasetError, match="No such file"):
        matrix(tmp_path / "gone.mat")


def test_mars_in_matlab_7_3(mars_tree: Path) -> None:
    before = load("mars", mars_tree)
    for name in ("tracks_train_info", "tracks_test_info", "query_IDX"):
        path = mars_tree / "info" / f"{name}.mat"
        write_hdf5(path, {"t": matrix(path)})
    assert load("mars", mars_tree) == before


@pytest.mark.parametrize("columns", [3, 5])
def test_mars_with_other_columns_is_refused(mars_tree: Path, columns: int) -> None:
    savemat(mars_tree / "info/tracks_train_info.mat", {"t": np.ones((6, columns))})
    with pytest.raises(DatasetError, match="4 columns"):
        load("mars", mars_tree)


def test_mars_counted_from_0_is_refused(mars_tree: Path) -> None:
    path = mars_tree / "info/query_IDX.mat"
    rows = matrix(path)
    savemat(path, {"query_IDX": rows - 1})
    with pytest.raises(DatasetError, match=r"from 0 instead of 1|refers to rows 0"):
        load("mars", mars_tree)
    savemat(path, {"query_IDX": rows})
    table = matrix(mars_tree / "info/tracks_test_info.mat")
    table[:, :2] -= 1
    savemat(mars_tree / "info/tracks_test_info.mat", {"t": table})
    with pytest.raises(DatasetError, match="spans lines 0 to"):
        load("mars", mars_tree)
