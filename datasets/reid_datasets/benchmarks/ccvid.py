"""CCVID. Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only, CVPR 2022.

What the benchmark treats as a camera is the number of a walk, shifted by 12 in the third session:
walk 3 of session 1 and walk 3 of session 2 count as one camera and are excluded against each other,
as in the authors' evaluation.
"""

from __future__ import annotations

import re
from pathlib import Path

from reid_datasets.benchmarks import sequence_lists
from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

PUBLISHED = {
    "train": Counts(75, 948, None, 24),
    "query": Counts(151, 834, None, 12),
    "gallery": Counts(151, 1_074, None, 21),
}
OBTAIN = "link in the GitHub repository guxinqian/Simple-CCReID"
LISTS = {"train": "train.txt", "query": "query.txt", "gallery": "gallery.txt"}
_FOLDER = re.compile(r"session([123])/[0-9]+_([0-9]+)")


def read(root: Path) -> Split:
    """The split of the lists. Raises DatasetError."""
    require_layout(root, "CCVID", tuple(LISTS.values()), OBTAIN)
    return sequence_lists.read(root, LISTS, _camera)


def _camera(folder: str, source: Path) -> int:
    parsed = _FOLDER.fullmatch(folder)
    if parsed is None:
        raise DatasetError(
            f"Expected folders like session1/001_01 in {source}, found {folder[:80]!r}. Use the "
            "list that came with the data set."
        )
    return int(parsed[2]) + (12 if parsed[1] == "3" else 0)
