"""Sets of single images that are annotated with attributes alone: PETA, PA-100K, RAP.

Deng et al., Pedestrian Attribute Recognition At Far Distance, ACM MM 2014 (PETA); Liu et al.,
HydraPlus-Net, ICCV 2017 (PA-100K); Li et al., A Richly Annotated Dataset for Pedestrian Attribute
Recognition, 2016 (RAP, version 1). Attributes are flags, no or yes, by the names of the files, and
those that published results are on: 35 of PETA's, 51 of RAP's, all 26 of PA-100K. Layouts are as
dangweili/pedestrian-attribute-recognition-pytorch and valencebond/Rethinking_of_PAR read them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io

from reid_datasets.attributes.table import NO_YES, AttributeTable
from reid_datasets.errors import DatasetError
from reid_datasets.frames import first_file
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import Tracklet

_PETA_EVALUATED, _PETA_BEFORE = 35, 4
_RAP_EVALUATED = 51


@dataclass(frozen=True, eq=False)
class Annotations:
    """What a file of annotations says about N images.

    Args:
        directory: where the images are.
        files: their N names.
        flags: 1 for yes, 0 for no, -1 unknown, int64 (N, A).
        names: those of the A attributes.
        parts: for each split the positions of the images of each part, from 0.
    """

    directory: Path
    files: Sequence[str]
    flags: np.ndarray
    names: Sequence[str]
    parts: Sequence[Mapping[str, np.ndarray]]


def peta(root: Path) -> Annotations:
    """``PETA.mat`` and ``images/00001.png`` to ``19000.png``; five splits. Raises DatasetError."""
    path = _file(root, "PETA.mat")

    def taken(content: Mapping[str, Any]) -> Annotations:
        data, names, _, splits = _fields(content["peta"], 4)
        wanted = data[:, _PETA_BEFORE : _PETA_BEFORE + _PETA_EVALUATED]
        files = [f"{number + 1:05d}.png" for number in range(len(data))]
        parts = [dict(zip(("train", "val", "test"), _fields(s, 3), strict=True)) for s in splits]
        return _annotations(root / "images", files, wanted, names[:_PETA_EVALUATED], parts)

    return _read(path, taken)


def rap(root: Path) -> Annotations:
    """``RAP_annotation/RAP_annotation.mat`` and ``RAP_dataset/``; five splits. DatasetError."""
    path = _file(root, "RAP_annotation/RAP_annotation.mat", "RAP_annotation.mat")

    def taken(content: Mapping[str, Any]) -> Annotations:
        found = content["RAP_annotation"]
        parts = [dict(zip(("train", "test"), _fields(s, 2), strict=True)) for s in found.partion]
        return _annotations(
            root / "RAP_dataset",
            found.imagesname,
            found.label[:, :_RAP_EVALUATED],
            found.attribute_eng[:_RAP_EVALUATED],
            parts,
        )

    return _read(path, taken)


def pa100k(root: Path) -> Annotations:
    """``annotation.mat`` and ``data/000001.jpg`` or ``release_data/``. Raises DatasetError."""
    path = _file(root, "annotation.mat", "annotation/annotation.mat")
    places = [root / name for name in ("release_data/release_data", "release_data", "data")]
    directory = next((place for place in places if place.is_dir()), root / "data")

    def taken(content: Mapping[str, Any]) -> Annotations:
        parts, files, flags, before = {}, [], [], 0
        for part in ("train", "val", "test"):
            files += list(np.atleast_1d(content[f"{part}_images_name"]))
            flags.append(np.atleast_2d(content[f"{part}_label"]))
            parts[part] = np.arange(before, len(files)) + 1
            before = len(files)
        return _annotations(directory, files, np.concatenate(flags), content["attributes"], [parts])

    return _read(path, taken)


BENCHMARKS: dict[str, Callable[[Path], Annotations]] = {
    "peta": peta,
    "pa-100k": pa100k,
    "pa-100k-trainval": pa100k,
    "rap": rap,
}


def describe(name: str, root: Path, tracklets: Sequence[Tracklet]) -> AttributeTable:
    """Attributes of images of one of BENCHMARKS, by their names. Raises DatasetError."""
    found = BENCHMARKS[name](root)
    rows = {file: row for row, file in enumerate(found.files)}
    places = np.array([rows.get(Path(first_file(t.frames)).name, -1) for t in tracklets], np.int64)
    flags = np.where((places >= 0)[:, None], found.flags[places], UNKNOWN)
    return AttributeTable(
        dict.fromkeys(found.names, NO_YES),
        {attribute: flags[:, column] for column, attribute in enumerate(found.names)},
    )


def _file(root: Path, *places: str) -> Path:
    found = next((root / place for place in places if (root / place).is_file()), None)
    if found is None:
        raise DatasetError(
            f"Expected {' or '.join(places)} in {root}, found no such file. Name the folder that "
            "holds it, as published, as --root."
        )
    return found


def _read(path: Path, taken: Callable[[Mapping[str, Any]], Annotations]) -> Annotations:
    try:
        if h5py.is_hdf5(path):
            raise ValueError("it is of MATLAB 7.3; save it with -v7")
        return taken(scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False))
    except Exception as error:  # scipy raises whatever the damage leads to
        raise DatasetError(
            f"Expected the published annotations in {path}, but they cannot be read as such "
            f"({type(error).__name__}: {error}). Copy the file again."
        ) from error


def _fields(struct: Any, count: int) -> list[Any]:
    """The first fields of a struct, by place: their names differ between copies."""
    return [getattr(struct, name) for name in struct._fieldnames[:count]]


def _annotations(
    directory: Path,
    files: Sequence[Any],
    flags: np.ndarray,
    names: Sequence[Any],
    parts: Sequence[Mapping[str, np.ndarray]],
) -> Annotations:
    """Positions of ``parts`` count from 1 here. ValueError: sizes do not fit each other."""
    files, names = [str(file) for file in files], [str(name) for name in names]
    if flags.shape != (len(files), len(names)) or len({*names}) < len(names):
        raise ValueError(
            f"expected a row for each of {len(files)} images and a column for each of {len(names)} "
            f"attributes, found {flags.shape}"
        )
    if len({*files}) < len(files):
        raise ValueError("expected different images")
    known = np.full(flags.shape, UNKNOWN, np.int64)
    known[flags == 0], known[flags == 1] = 0, 1
    places = [{part: np.atleast_1d(p).astype(np.int64) - 1 for part, p in s.items()} for s in parts]
    for split in places:
        used = np.concatenate(list(split.values()))
        if used.min() < 0 or used.max() >= len(files) or len(np.unique(used)) < len(used):
            raise ValueError(f"expected parts of images 1 to {len(files)} that share none")
    return Annotations(directory, files, known, names, places)
