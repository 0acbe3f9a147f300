"""Rendered data sets of still images: PersonX, RandPerson, UnrealPerson."""

from __future__ import annotations

import re
from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.market1501 import image_names, split_of_folders, unexpected, unpacked
from reid_datasets.benchmarks.tracklet_folders import folders_in
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

PERSONX = {  # identities of the parts are inferred from the 1,266 in all
    "train": Counts(410, 9_840, 9_840, 6),
    "query": Counts(856, 5_136, 5_136, 6),
    "gallery": Counts(856, 30_816, 30_816, 6),
}
RANDPERSON = {"train": Counts(8_000, 132_145, 132_145, 19)}
UNREALPERSON = {"train": Counts(3_000, 120_000, 120_000, 34)}
OBTAIN_PERSONX = "GitHub repository sxzrt/Dissecting-Person-Re-ID-from-the-Viewpoint-of-Viewpoint"
OBTAIN_RANDPERSON = "GitHub repository VideoObjectSearch/RandPerson"
OBTAIN_UNREALPERSON = "GitHub repository FlyHighest/UnrealPerson"

FIRST_CAMERA = (0, 2, 4, 6, 8, 9, 10, 12, 13, 14, 15)
"""Cameras of the scenes before each of RandPerson's scenes: numbers restart in every scene."""
_RANDPERSON = re.compile(r"([0-9]{6})_s([0-9]{2})_c([0-9]{2})_f[0-9]+\.jpg")
_UNREAL_FOLDER = re.compile(r"unreal_v([0-9]+)\.([0-9]+)")
_UNREAL = re.compile(r"([0-9]+)_c([0-9]+)_[0-9]+\.jpg")


def read_personx(root: Path) -> Split:
    """The subset in Market-1501's layout; cameras 3, 4, 8, 10, 11, 12. Sun and Zheng, CVPR 2019."""
    return split_of_folders(unpacked(root, "subset1"), "PersonX", OBTAIN_PERSONX)


def read_randperson(root: Path) -> Split:
    """The subset, all of it for training. Wang et al., ACM Multimedia 2020. DatasetError."""
    require_layout(root, "RandPerson", ("randperson_subset",), OBTAIN_RANDPERSON)
    folder = root / "randperson_subset"
    tracklets = []
    for name in image_names(folder):
        parsed = _RANDPERSON.fullmatch(name)
        if parsed is None or int(parsed[2]) >= len(FIRST_CAMERA):
            raise unexpected(folder / name, "000000_s00_c00_f000264.jpg (person, scene, camera)")
        camera = FIRST_CAMERA[int(parsed[2])] + int(parsed[3]) + 1
        tracklets.append(Tracklet(ImageFiles(folder, (name,)), int(parsed[1]) + 1, camera))
    return Split(tuple(tracklets), (), ())


def read_unrealperson(root: Path) -> Split:
    """Every ``unreal_vX.Y`` there is, all of it for training. Zhang et al., CVPR 2021.

    In ``unreal_v3.2/images/12_c4_100.jpg`` X, 3, and 4 make the camera; Y, 2, and 12 the person.
    """
    require_layout(root, "UnrealPerson", (), OBTAIN_UNREALPERSON)
    found: list[tuple[tuple[int, int], tuple[int, int], ImageFiles]] = []
    for name in folders_in(root):
        version = _UNREAL_FOLDER.fullmatch(name)
        if version is None:
            continue
        folder = root / name / "images"
        for image in image_names(folder):
            parsed = _UNREAL.fullmatch(image)
            if parsed is None:
                raise unexpected(folder / image, "12_c4_100.jpg (person, camera, frame)")
            person = (int(version[2]), int(parsed[1]))
            camera = (int(version[1]), int(parsed[2]))
            found.append((person, camera, ImageFiles(folder, (image,))))
    if not found:
        raise DatasetError(
            f"Expected folders like unreal_v1.1/images in {root}, found none. Where to get them: "
            f"{OBTAIN_UNREALPERSON}."
        )
    people = {p: i for i, p in enumerate(sorted({person for person, _, _ in found}), 1)}
    cameras = {c: i for i, c in enumerate(sorted({camera for _, camera, _ in found}), 1)}
    train = tuple(Tracklet(frames, people[p], cameras[c]) for p, c, frames in found)
    return Split(train, (), ())
