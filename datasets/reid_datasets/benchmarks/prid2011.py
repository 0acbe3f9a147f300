"""PRID-2011, multi-shot. Hirzer et al., Person Re-Identification by Descriptive and Discriminative
Classification, SCIA 2011.

178 people whom both cameras saw for more than 21 frames, in the ten random halves published with
iLIDS-VID. The split file names folders.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.layout import read_text, require_layout
from reid_datasets.benchmarks.tracklet_folders import images_in, inside, number
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet
from strict_reading import parse_json

SPLITS = 10
PUBLISHED = {
    "train": Counts(89, 178, None, 2),
    "query": Counts(89, 89, None, 1),
    "gallery": Counts(89, 89, None, 1),
}
OBTAIN = (
    "images from the PRID 2011 page of TU Graz, splits_prid2011.json from the GitHub repository "
    "AsuradaYuci/CNN-RNN2016"
)
_TABLE = "splits_prid2011.json"
_SHOTS = "prid_2011/multi_shot"


def read(root: Path, split: int) -> Split:
    """Split 0 to 9: train on half of the people, look for camera a's tracklets in camera b's."""
    require_layout(root, "PRID-2011", (f"{_SHOTS}/cam_a", f"{_SHOTS}/cam_b", _TABLE), OBTAIN)
    halves = _halves(root / _TABLE, split)
    return Split(
        tuple(_tracklet(root, person, camera) for person in halves["train"] for camera in (1, 2)),
        tuple(_tracklet(root, person, 1) for person in halves["test"]),
        tuple(_tracklet(root, person, 2) for person in halves["test"]),
    )


def _halves(table: Path, split: int) -> dict[str, list[str]]:
    try:
        splits = parse_json(read_text(table))
        assert len(splits) == SPLITS
        halves = {part: sorted(splits[split][part]) for part in ("train", "test")}
        assert all(isinstance(name, str) for part in halves.values() for name in part)
    except (ValueError, AssertionError, KeyError, TypeError):
        raise DatasetError(
            f"Expected a list of {SPLITS} splits with the folders of `train` and `test` in "
            f"{table}, found something else. Use the published file."
        ) from None
    shared = set(halves["train"]) & set(halves["test"])
    if shared:
        raise DatasetError(
            f"Expected other people in train than in test in split {split} of {table}, found "
            f"{len(shared)} in both (e.g. {min(shared)}). Use the published file."
        )
    return halves


def _tracklet(root: Path, person: str, camera: int) -> Tracklet:
    folder = inside(root / _SHOTS / f"cam_{'ab'[camera - 1]}", person, root / _TABLE)
    person_id = number(person.rpartition("_")[2], root / _TABLE, "the number in a person's folder")
    return Tracklet(images_in(folder), person_id, camera)
