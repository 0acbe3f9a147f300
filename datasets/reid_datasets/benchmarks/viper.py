"""VIPeR. Gray et al., Evaluating Appearance Models for Recognition, Reacquisition, and Tracking,
PETS 2007.

632 people, one image in each of two cameras. There is no official division; ten random halves are
the custom. Ours are fixed by a hash of the person's number and the split's: the same on every
machine and with every version of NumPy. Camera a looks in camera b.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout, unpacked
from reid_datasets.benchmarks.market1501 import image_names, unexpected
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

SPLITS = 10
PUBLISHED = {
    "train": Counts(316, 632, 632, 2),
    "query": Counts(316, 316, 316, 1),
    "gallery": Counts(316, 316, 316, 1),
}
OBTAIN = "VIPeR page of the University of California, Santa Cruz (v1.0)"
OFFSET = 1
"""Added to the numbers in names: they start at 0."""
_NAME = re.compile(r"([0-9]{3})_[0-9]+\.bmp")


def read(root: Path, split: int) -> Split:
    """Random half 0 to 9. Raises DatasetError."""
    root = unpacked(root, "VIPeR")
    require_layout(root, "VIPeR", ("cam_a", "cam_b"), OBTAIN)
    first, second = (_scan(root / f"cam_{'ab'[camera - 1]}", camera) for camera in (1, 2))
    if first.keys() != second.keys():
        odd = first.keys() ^ second.keys()
        raise DatasetError(
            f"Expected everybody in both cameras of {root}, found {len(odd)} people in one only "
            f"(e.g. {min(odd) - OFFSET:03d}). Copy the data set again."
        )
    order = sorted(first, key=lambda person: _draw(person, split))
    trained, tested = sorted(order[: len(order) // 2]), sorted(order[len(order) // 2 :])
    return Split(
        tuple(camera[person] for person in trained for camera in (first, second)),
        tuple(first[person] for person in tested),
        tuple(second[person] for person in tested),
    )


def _scan(folder: Path, camera: int) -> dict[int, Tracklet]:
    people: dict[int, Tracklet] = {}
    for name in image_names(folder):
        parsed = _NAME.fullmatch(name)
        if parsed is None:
            raise unexpected(folder / name, "001_45.bmp (person, angle)")
        person = int(parsed[1]) + OFFSET
        if person in people:
            raise DatasetError(
                f"Expected one image of each person in {folder}, found a second of {parsed[1]}: "
                f"{name}. Take one of them out."
            )
        people[person] = Tracklet(ImageFiles(folder, (name,)), person, camera)
    return people


def _draw(person: int, split: int) -> bytes:
    return hashlib.sha256(f"VIPeR {split} {person}".encode()).digest()
