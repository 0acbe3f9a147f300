"""Tables of whole numbers in MATLAB files of any version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
import scipy.sparse

from reid_datasets.errors import DatasetError

_HDF5 = b"\x89HDF\r\n\x1a\n"
_LARGEST = 2**53
"""Beyond it a float does not tell one whole number from the next."""


def matrix(path: Path, columns: int | None = None, name: str | None = None) -> np.ndarray:
    """A table of whole numbers, int64, as MATLAB shows it.

    Args:
        path: a file of any version, 7.3 (HDF5) among them. The table may be sparse.
        columns: how many there must be.
        name: the variable's; without it the file must hold exactly one.

    Raises DatasetError for anything else, and for fractions, NaN and infinity.
    """
    found = mat(path)
    if name is None and len(found) != 1:
        raise DatasetError(
            f"Expected one table of numbers in {path}, found {len(found)} variables"
            f"{': ' + ', '.join(sorted(found)) if found else ''}. Use the official file."
        )
    if name is not None and name not in found:
        raise DatasetError(
            f"Expected the variable `{name}` in {path}, found {', '.join(sorted(found)) or 'none'}"
            ". Use the official file."
        )
    table = whole_numbers(found[name] if name is not None else next(iter(found.values())), path)
    if columns is not None and (table.ndim != 2 or table.shape[1] != columns):
        raise DatasetError(
            f"Expected {columns} columns in {path}, found an array of shape {table.shape}. Use the "
            "official file."
        )
    return table


def whole_numbers(values: Any, path: Path) -> np.ndarray:
    """``values`` as int64. DatasetError: they are no numbers, or not whole."""
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "iufb":
        raise DatasetError(
            f"Expected whole numbers in {path}, found values of the type {numbers.dtype}. Use the "
            "official file."
        )
    if numbers.dtype.kind == "f":
        odd = ~np.isfinite(numbers) | (numbers != np.rint(numbers)) | (abs(numbers) > _LARGEST)
        if odd.any():
            place = ", ".join(str(i + 1) for i in np.argwhere(odd)[0])
            raise DatasetError(
                f"Expected whole numbers in {path}, found {numbers[odd][0]:g} at ({place}) and "
                f"{int(odd.sum()) - 1} more that are not. Use the official file."
            )
    return numbers.astype(np.int64)


def mat(path: Path) -> dict[str, np.ndarray]:
    """The variables of a MATLAB file; of version 7.3, those that are arrays of numbers.

    DatasetError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(520)
        if head[:8] == _HDF5 or head[512:] == _HDF5:
            return _of_hdf5(path)
        content = scipy.io.loadmat(path)
        return {
            key: value.toarray() if scipy.sparse.issparse(value) else value
            for key, value in content.items()
            if not key.startswith("__")
        }
    except Exception as error:  # scipy and h5py raise whatever the damage leads to
        raise DatasetError(
            f"Expected a MATLAB file at {path}, but it cannot be read as one "
            f"({type(error).__name__}: {error}). Copy it again."
        ) from error


def _of_hdf5(path: Path) -> dict[str, np.ndarray]:
    """Arrays of version 7.3, which are stored with their dimensions in reverse."""
    import h5py

    found = {}
    with h5py.File(path, "r") as file:
        for name, item in file.items():
            if "MATLAB_sparse" in item.attrs:
                found[name] = _of_sparse(item)
            elif isinstance(item, h5py.Dataset) and item.dtype.kind in "iufb":
                content = np.asarray(item)
                empty = bool(item.attrs.get("MATLAB_empty", 0))  # what is stored is its shape
                found[name] = np.zeros(content.astype(int)) if empty else content.T
    return found


def _of_sparse(group: Any) -> np.ndarray:
    starts = np.asarray(group["jc"]).astype(np.int64)
    shape = (int(group.attrs["MATLAB_sparse"]), len(starts) - 1)
    if "ir" not in group:  # no value but zero
        return np.zeros(shape)
    values, rows = np.asarray(group["data"]), np.asarray(group["ir"]).astype(np.int64)
    return scipy.sparse.csc_matrix((values, rows, starts), shape=shape).toarray()
