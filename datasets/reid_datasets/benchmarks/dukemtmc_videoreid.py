"""DukeMTMC-VideoReID. Wu et al., Exploit the Unknown Gradually, CVPR 2018. Since withdrawn.

Folders are the split: ``train/0001/0003/`` is tracklet 3 of person 1. Images are named
``0001_C6_F0099_X30823.jpg``, in old copies ``0001C6F0099X30823.jpg``; some tracklets have no F0001.
"""

from __future__ import annotations

import re
from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.listing import folders_in
from reid_datasets.benchmarks.tracklet_folders import images_in, number
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

PUBLISHED = {  # of the data set's README; 408 of the gallery's people match no query
    "train": Counts(702, 2_196, None, 8),
    "query": Counts(702, 702, None, 8),
    "gallery": Counts(1_110, 2_636, None, 8),
}
OBTAIN = "GitHub repository Yu-Wu/DukeMTMC-VideoReID; withdrawn by the authors of DukeMTMC"
_NAME = re.compile(r"([0-9]{4})_?C([1-8])_?F[0-9]+_?X[0-9]+\.jpg")


def read(root: Path) -> Split:
    """The split of the folders. Raises DatasetError."""
    require_layout(root, "DukeMTMC-VideoReID", ("train", "query", "gallery"), OBTAIN)
    train, query, gallery = (tuple(_tracklets(root / p)) for p in ("train", "query", "gallery"))
    return Split(train, query, gallery)


def _tracklets(part: Path) -> list[Tracklet]:
    tracklets = []
    for person in folders_in(part):
        for name in folders_in(part / person):
            frames = images_in(part / person / name)
            parsed = _NAME.fullmatch(frames.names[0])
            if parsed is None or parsed[1] != person:
                raise DatasetError(
                    f"Expected images like {person}_C6_F0099_X30823.jpg in {frames.directory}, "
                    f"found {frames.names[0]}. Copy that folder again."
                )
            person_id = number(person, part, "a person's folder")
            tracklets.append(Tracklet(frames, person_id, int(parsed[2])))
    return tracklets
