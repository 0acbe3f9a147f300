"""SVReID, synthetic. Zhang et al., Synthetic-to-Real Video Person Re-ID (arXiv 2402.02108)."""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks import sequence_lists
from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.tracklet_folders import number
from reid_datasets.records import Split

OBTAIN = "link in the GitHub repository XiangqunZhang/UDA_Video_ReID"
LISTS = {"train": "train_svreid.txt", "query": "query.txt", "gallery": "gallery.txt"}


def read(root: Path) -> Split:
    """The split of the lists. Raises DatasetError."""
    require_layout(root, "SVReID", tuple(LISTS.values()), OBTAIN)
    return sequence_lists.read(root, LISTS, _camera)


def _camera(folder: str, source: Path) -> int:
    """The last folder of a tracklet's path."""
    return number(folder.rstrip("/").rpartition("/")[2], source, "a tracklet's last folder, camera")
