"""CUHK03 under the new protocol; boxes are either detected or drawn by hand.

Zhong et al., Re-ranking Person Re-identification with k-reciprocal Encoding, CVPR 2017.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.layout import unpacked
from reid_datasets.benchmarks.market1501 import split_of_folders
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

PUBLISHED_DETECTED = {
    "train": Counts(767, 7_365, 7_365, 2),
    "query": Counts(700, 1_400, 1_400, 2),
    "gallery": Counts(700, 5_332, 5_332, 2),
}
PUBLISHED_LABELLED = {
    "train": Counts(767, 7_368, 7_368, 2),
    "query": Counts(700, 1_400, 1_400, 2),
    "gallery": Counts(700, 5_328, 5_328, 2),
}
OBTAIN = "link in the GitHub repository zhunzhong07/person-re-ranking, in Market-1501's layout"
_ORIGINAL = (
    "cuhk03_release",
    "cuhk-03.mat",
    "cuhk03_new_protocol_config_detected.mat",
    "cuhk03_new_protocol_config_labeled.mat",
)
"""The first release's files, and the tables that divide its images."""


def read_detected(root: Path) -> Split:
    """Boxes of a detector. Raises DatasetError."""
    return _read(root, "detected", "CUHK03-NP (detected)")


def read_labelled(root: Path) -> Split:
    """Boxes drawn by hand. Raises DatasetError."""
    return _read(root, "labeled", "CUHK03-NP (labelled)")


def _read(root: Path, boxes: str, title: str) -> Split:
    tree = unpacked(root, "cuhk03-np")
    original = [name for name in _ORIGINAL if (tree / name).exists()]
    if original and not (tree / boxes).is_dir():
        raise DatasetError(
            f"Expected {title} as images ({boxes}/bounding_box_train, ...) at {tree}, found "
            f"{', '.join(original)}: CUHK03's own files, whose images are not cut out and divided. "
            f"Download the archive with the images instead. Where to get it: {OBTAIN}."
        )
    return split_of_folders(tree / boxes, title, OBTAIN)
