"""DukeMTMC-reID (Zheng et al., ICCV 2017) and Occluded-Duke (Miao et al., ICCV 2019).

In Market-1501's layout. The authors of DukeMTMC have withdrawn it.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.layout import unpacked
from reid_datasets.benchmarks.market1501 import split_of_folders
from reid_datasets.counts import Counts
from reid_datasets.records import Split

PUBLISHED = {
    "train": Counts(702, 16_522, 16_522, 8),
    "query": Counts(702, 2_228, 2_228, 8),
    "gallery": Counts(1_110, 17_661, 17_661, 8),
}
PUBLISHED_OCCLUDED = {
    "train": Counts(702, 15_618, 15_618, 8),
    "query": Counts(519, 2_210, 2_210, 8),
    "gallery": Counts(1_110, 17_661, 17_661, 8),
}
OBTAIN = "withdrawn by the authors of DukeMTMC"
OBTAIN_OCCLUDED = (
    "lists and script in the GitHub repository lightas/Occluded-DukeMTMC-Dataset; images withdrawn"
)


def read(root: Path) -> Split:
    """The official split. Raises DatasetError."""
    return split_of_folders(unpacked(root, "DukeMTMC-reID"), "DukeMTMC-reID", OBTAIN)


def read_occluded(root: Path) -> Split:
    """Occluded-Duke's split of the same images: every query is occluded. Raises DatasetError."""
    return split_of_folders(unpacked(root, "Occluded_Duke"), "Occluded-Duke", OBTAIN_OCCLUDED)
