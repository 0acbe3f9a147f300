"""GRID. Loy et al., Multi-Camera Activity Correlation Analysis, CVPR 2009.

250 people seen twice and 775 images of others (0000). Ten divisions: half of the people train, the
others' first images look for the second ones among these and all 775.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from reid_datasets.benchmarks.layout import mat, read_text, require_layout
from reid_datasets.benchmarks.market1501 import image_names, unexpected
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import DISTRACTOR_ID, Split, Tracklet

SPLITS = 10
TRAIN_PEOPLE = 125
PUBLISHED = {
    "train": Counts(TRAIN_PEOPLE, 250, 250, None),
    "query": Counts(125, 125, 125, None),
    "gallery": Counts(125, 900, 900, None, distractors=775),
}
OBTAIN = (
    "QMUL underground re-identification page of its authors; divisions also as grid-cvN-train.txt "
    "in the GitHub repository ahangchen/TFusion"
)
_IMAGES = ("underground_reid/probe", "underground_reid/gallery")
_TABLE = "underground_reid/features_and_partitions.mat"
_NAME = re.compile(r"([0-9]{4})_([0-9])_.*\.jpe?g")


def read(root: Path, split: int) -> Split:
    """Division 0 to 9, of the data set's features_and_partitions.mat or, where that is missing, of
    the lists grid-cv0-train.txt to grid-cv9-train.txt in ``root``. Raises DatasetError."""
    require_layout(root, "GRID", _IMAGES, OBTAIN)
    probe, gallery = (_scan(root / folder) for folder in _IMAGES)
    trained, source = _training_people(root, split)
    known = {t.person_id for t in probe}
    if len(trained) != TRAIN_PEOPLE or not trained <= known:
        raise DatasetError(
            f"Expected {TRAIN_PEOPLE} people of {root / _IMAGES[0]} in {source}, found "
            f"{len(trained)}, of which {len(trained - known)} have no image there. Copy both again."
        )
    return Split(
        tuple(t for t in probe + gallery if t.person_id in trained),
        tuple(t for t in probe if t.person_id not in trained and _tested(t, gallery)),
        tuple(t for t in gallery if t.person_id not in trained),
    )


def _tested(probe: Tracklet, gallery: list[Tracklet]) -> bool:
    return any(t.person_id == probe.person_id for t in gallery)


def _scan(folder: Path) -> list[Tracklet]:
    tracklets = []
    for name in image_names(folder):
        parsed = _NAME.fullmatch(name)
        if parsed is None:
            raise unexpected(folder / name, "0001_1_25004_107_32_106_221.jpeg (person, camera)")
        tracklets.append(Tracklet(ImageFiles(folder, (name,)), int(parsed[1]), int(parsed[2])))
    return tracklets


def _training_people(root: Path, split: int) -> tuple[set[int], Path]:
    """The people, and the file that names them."""
    lists = root / f"grid-cv{split}-train.txt"
    if not (root / _TABLE).exists() and lists.exists():
        names = [_NAME.fullmatch(line.strip()) for line in read_text(lists).split()]
        return {int(parsed[1]) for parsed in names if parsed}, lists
    require_layout(root, "GRID", (_TABLE,), OBTAIN)
    try:
        divisions = mat(root / _TABLE)["trainIdxAll"][0]
        assert len(divisions) == SPLITS
        people = np.asarray(divisions[split][0, 0][2]).ravel()
        return {int(person) for person in people} - {DISTRACTOR_ID}, root / _TABLE
    except (KeyError, IndexError, AssertionError, TypeError, ValueError):
        raise DatasetError(
            f"Expected {SPLITS} divisions as `trainIdxAll` in {root / _TABLE}, found something "
            "else. Use the official file."
        ) from None
