"""CUHK03 under the new protocol; boxes are either detected or drawn by hand.

Zhong et al., Re-ranking Person Re-identification with k-reciprocal Encoding, CVPR 2017.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.market1501 import split_of_folders
from reid_datasets.counts import Counts
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


def read_detected(root: Path) -> Split:
    """Boxes of a detector. Raises DatasetError."""
    return split_of_folders(root / "detected", "CUHK03-NP (detected)", OBTAIN)


def read_labelled(root: Path) -> Split:
    """Boxes drawn by hand. Raises DatasetError."""
    return split_of_folders(root / "labeled", "CUHK03-NP (labelled)", OBTAIN)
