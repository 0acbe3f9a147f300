"""Rendered data sets of still images: PersonX and RandPerson."""

from __future__ import annotations

import re
from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout, unpacked
from reid_datasets.benchmarks.market1501 import image_names, split_of_folders, unexpected
from reid_datasets.counts import Counts
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

PERSONX = {  # identities of the parts are inferred from the 1,266 in all
    "train": Counts(410, 9_840, 9_840, 6),
    "query": Counts(856, 5_136, 5_136, 6),
    "gallery": Counts(856, 30_816, 30_816, 6),
}
RANDPERSON = {"train": Counts(8_000, 132_145, 132_145, 19)}
OBTAIN_PERSONX = (
    "GitHub repository sxzrt/Instructions-of-the-PersonX-dataset, its more challenging subset"
)
OBTAIN_RANDPERSON = "GitHub repository VideoObjectSearch/RandPerson"

FIRST_CAMERA = (0, 2, 4, 6, 8, 9, 10, 12, 13, 14, 15)
"""Cameras of the scenes before each of RandPerson's scenes: numbers restart in every scene."""
_SUBSET = "randperson_subset"
_RANDPERSON = re.compile(r"([0-9]+)_(s[0-9]+|c[0-9]+)_(s[0-9]+|c[0-9]+)_f[0-9]+\.jpg")


def read_personx(root: Path) -> Split:
    """The subset in Market-1501's layout; cameras 3, 4, 8, 10, 11, 12. Sun and Zheng, CVPR 2019."""
    return split_of_folders(unpacked(root, "subset1"), "PersonX", OBTAIN_PERSONX)


def read_randperson(root: Path) -> Split:
    """The subset, all of it for training. Wang et al., ACM Multimedia 2020. DatasetError.

    The archive has a folder in a folder of the same name. Its first release wrote a name's camera
    before the scene.
    """
    folder = unpacked(unpacked(root, _SUBSET), _SUBSET)
    if folder == root:
        require_layout(root, "RandPerson", (_SUBSET,), OBTAIN_RANDPERSON)
    tracklets = []
    for name in image_names(folder):
        parsed = _RANDPERSON.fullmatch(name)
        numbers = {field[0]: int(field[1:]) for field in parsed.groups()[1:]} if parsed else {}
        if parsed is None or len(numbers) != 2 or numbers["s"] >= len(FIRST_CAMERA):
            raise unexpected(folder / name, "000000_s00_c00_f000264.jpg (person, scene, camera)")
        camera = FIRST_CAMERA[numbers["s"]] + numbers["c"] + 1
        tracklets.append(Tracklet(ImageFiles(folder, (name,)), int(parsed[1]) + 1, camera))
    return Split(tuple(tracklets), (), ())
