"""GRID. Loy et al., Multi-Camera Activity Correlation Analysis, CVPR 2009.

250 people seen twice and 775 images of others (0000). Ten divisions: half of the people train, the
others' images in ``probe`` look for those in ``gallery``, among all 775.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from reid_datasets.benchmarks.layout import read_text, require_layout
from reid_datasets.benchmarks.market1501 import image_names, unexpected
from reid_datasets.benchmarks.matlab import mat, whole_numbers
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import DISTRACTOR_ID, Split, Tracklet

SPLITS = 10
TRAIN_PEOPLE = 125
PUBLISHED = {  # cameras differ between the divisions
    "train": Counts(TRAIN_PEOPLE, 250, 250, None),
    "query": Counts(125, 125, 125, None),
    "gallery": Counts(125, 900, 900, 6, distractors=775),
}
OBTAIN = (
    "QMUL underground re-identification page of its authors; divisions also as grid-cvN-train.txt "
    "in the GitHub repository ahangchen/TFusion"
)
_TABLE = "features_and_partitions.mat"
_NAME = re.compile(r"([0-9]{4})_([0-9])_.*\.jpe?g")


def read(root: Path, split: int) -> Split:
    """Division 0 to 9, of the data set's features_and_partitions.mat or, where that is missing, of
    the lists grid-cv0-train.txt to grid-cv9-train.txt, beside it or in ``root``. DatasetError.
    """
    inner = "" if (root / "probe").is_dir() else "underground_reid/"
    require_layout(root, "GRID", (f"{inner}probe", f"{inner}gallery"), OBTAIN)
    tree = root / inner
    probe, gallery = (_scan(tree / folder) for folder in ("probe", "gallery"))
    people = {t.person_id for t in probe}
    odd = people ^ ({t.person_id for t in gallery} - {DISTRACTOR_ID})
    if odd:
        raise DatasetError(
            f"Expected everybody both in probe/ and in gallery/ of {tree}, found {len(odd)} people "
            f"in one only (e.g. {min(odd):04d}). Copy the data set again."
        )
    source = _source(root, tree, split)
    trained = _of_table(source, split) if source.suffix == ".mat" else _of_list(source)
    if len(trained) != TRAIN_PEOPLE or not trained <= people:
        raise DatasetError(
            f"Expected {TRAIN_PEOPLE} people of {tree / 'probe'} in {source}, found "
            f"{len(trained)}, of which {len(trained - people)} have no image there. Copy both "
            "again."
        )
    return Split(
        tuple(t for t in probe + gallery if t.person_id in trained),
        tuple(t for t in probe if t.person_id not in trained),
        tuple(t for t in gallery if t.person_id not in trained),
    )


def _scan(folder: Path) -> list[Tracklet]:
    tracklets = []
    for name in image_names(folder):
        parsed = _NAME.fullmatch(name)
        if parsed is None:
            raise unexpected(folder / name, "0001_1_25004_107_32_106_221.jpeg (person, camera)")
        tracklets.append(Tracklet(ImageFiles(folder, (name,)), int(parsed[1]), int(parsed[2])))
    return tracklets


def _source(root: Path, tree: Path, split: int) -> Path:
    """The file that names the people who train. DatasetError: there is none."""
    name = f"grid-cv{split}-train.txt"
    for path in (tree / _TABLE, root / name, tree / name):
        if path.exists():
            return path
    raise DatasetError(
        f"Expected the ten divisions in {tree / _TABLE}, or this one in {root / name}, found "
        f"neither. Copy what is missing. Where to get it: {OBTAIN}."
    )


def _of_table(path: Path, split: int) -> set[int]:
    """Of division ``split``: the third field of its record holds the people who train."""
    table = mat(path)
    try:
        divisions = [np.ravel(cell[0, 0][2]) for cell in table["trainIdxAll"][0]]
        people = [set(whole_numbers(division, path).tolist()) for division in divisions]
    except (KeyError, IndexError, TypeError, ValueError):
        people = []
    if len(people) != SPLITS or min(map(min, people), default=0) < 1:
        raise DatasetError(
            f"Expected {SPLITS} divisions as `trainIdxAll` in {path} (MATLAB 7 or older), people "
            "counted from 1, found something else. Use the official file."
        )
    return people[split]


def _of_list(path: Path) -> set[int]:
    people = set()
    for name in read_text(path).split():
        parsed = _NAME.fullmatch(name)
        if parsed is None:
            raise DatasetError(
                f"Expected names of GRID's images in {path}, found {name[:80]!r}. Use the "
                "published list."
            )
        people.add(int(parsed[1]))
    return people
