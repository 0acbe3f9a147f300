"""iLIDS-VID. Wang et al., Person Re-Identification by Video Ranking, ECCV 2014.

Two cameras, 300 people, ten random halves. The split file counts, from 1, through the folders of
people in the order of their names; the first half of each row is the test.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.listing import folders_in
from reid_datasets.benchmarks.matlab import matrix
from reid_datasets.benchmarks.tracklet_folders import images_in, number
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

SPLITS = 10
PUBLISHED = {  # of the data set's description; images of a part are not stated
    "train": Counts(150, 300, None, 2),
    "query": Counts(150, 150, None, 1),
    "gallery": Counts(150, 150, None, 1),
}
OBTAIN = "iLIDS-VID project page of Queen Mary University of London, on request"
_SEQUENCES = "i-LIDS-VID/sequences"
_TABLE = "train-test people splits/train_test_splits_ilidsvid.mat"


def read(root: Path, split: int) -> Split:
    """Split 0 to 9: train on half of the people, look for camera 1's tracklets in camera 2's."""
    require_layout(root, "iLIDS-VID", (f"{_SEQUENCES}/cam1", f"{_SEQUENCES}/cam2", _TABLE), OBTAIN)
    people = folders_in(root / _SEQUENCES / "cam1")
    other = folders_in(root / _SEQUENCES / "cam2")
    if people != other:
        raise DatasetError(
            f"Expected the same people in cam1 and cam2 of {root / _SEQUENCES}, found "
            f"{len(people)} and {len(other)}, of which {len({*people} ^ {*other})} in one only "
            f"(e.g. {min({*people} ^ {*other})}). Copy the data set again."
        )
    table = matrix(root / _TABLE, name="ls_set")
    if table.ndim != 2 or len(table) != SPLITS or table.shape[1] % 2 or not table.size:
        raise DatasetError(
            f"Expected {SPLITS} rows of an even number of people in {root / _TABLE}, found an "
            f"array of shape {table.shape}. Use the official file."
        )
    row = table[split]
    if sorted(row.tolist()) != list(range(1, len(people) + 1)):
        raise DatasetError(
            f"Expected row {split + 1} of {root / _TABLE} to name each of the {len(people)} people "
            f"in {root / _SEQUENCES} once, found {len(set(row.tolist()))} different numbers from "
            f"{row.min()} to {row.max()}. Copy what is missing, or the official file."
        )
    half = len(row) // 2
    test, train = ([people[i - 1] for i in sorted(part)] for part in (row[:half], row[half:]))
    return Split(
        tuple(_tracklet(root, person, camera) for person in train for camera in (1, 2)),
        tuple(_tracklet(root, person, 1) for person in test),
        tuple(_tracklet(root, person, 2) for person in test),
    )


def _tracklet(root: Path, person: str, camera: int) -> Tracklet:
    folder = root / _SEQUENCES / f"cam{camera}" / person
    person_id = number(person.removeprefix("person"), folder, "the person's number")
    return Tracklet(images_in(folder), person_id, camera)
