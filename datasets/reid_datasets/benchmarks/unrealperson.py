"""UnrealPerson. Zhang et al., An Adaptive Pipeline towards Costless Person Re-identification, CVPR
2021.

In ``unreal_v3.2/images/12_c4_100.jpg`` X, 3, and 4 make the camera; Y, 2, and 12 make the person.
The release has 1.2 million images of 4,800 people; its authors and others train on the 120,000 of
3,000 people that list_unreal_train.txt names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reid_datasets.benchmarks.layout import read_text, require_layout
from reid_datasets.benchmarks.listing import folders_in
from reid_datasets.benchmarks.market1501 import image_names, unexpected
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

PUBLISHED = {"train": Counts(3_000, 120_000, 120_000, 34)}
OBTAIN = "GitHub repository FlyHighest/UnrealPerson; its list is JVTC/list_unreal"
LIST = "list_unreal_train.txt"
_FOLDER = re.compile(r"unreal_v([0-9]+)\.([0-9]+)")
_LISTED = re.compile(rf"(?:.*/)?({_FOLDER.pattern})/images/([^/]+)")
_NAME = re.compile(r"([0-9]+)_c([0-9]+)_[0-9]+\.(?:jpe?g|png)")


def read(root: Path) -> Split:
    """The images of list_unreal_train.txt or, without it, of every ``unreal_vX.Y``: all of them
    for training. Raises DatasetError.
    """
    versions = [n for n in folders_in(root) if _FOLDER.fullmatch(n)] if root.is_dir() else []
    if not versions:
        require_layout(root, "UnrealPerson", ("unreal_v1.1/images",), OBTAIN)
    folders = {name: root / name / "images" for name in versions}
    listed = (root / LIST).exists()
    found = []
    for version, name in _listed(root / LIST, folders) if listed else _scanned(folders):
        folder = folders[version]
        parsed, numbers = _NAME.fullmatch(name), _FOLDER.fullmatch(version)
        if parsed is None or numbers is None:
            raise unexpected(folder / name, "12_c4_100.jpg (person, camera, frame)")
        person = (int(numbers[2]), int(parsed[1]))
        camera = (int(numbers[1]), int(parsed[2]))
        found.append((person, camera, ImageFiles(folder, (name,))))
    people = {p: i for i, p in enumerate(sorted({person for person, _, _ in found}), 1)}
    cameras = {c: i for i, c in enumerate(sorted({camera for _, camera, _ in found}), 1)}
    return Split(tuple(Tracklet(frames, people[p], cameras[c]) for p, c, frames in found), (), ())


def _scanned(folders: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Version and name of every image."""
    for version, folder in folders.items():
        for name in image_names(folder):
            yield version, name


def _listed(path: Path, folders: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Version and name of every image in a list of lines `path person camera`.

    The list's own numbers of people and cameras came from a random draw: names have better ones.
    """
    lines = read_text(path).splitlines()
    if not lines:
        raise DatasetError(f"Expected images in {path}, found an empty file. Copy it again.")
    for place, line in enumerate(lines, 1):
        entry = _LISTED.fullmatch((line.split() or [""])[0])
        if entry is None:
            raise DatasetError(
                f"Expected `unreal_vX.Y/images/12_c4_100.jpg person camera` in line {place} of "
                f"{path}, found {line[:80]!r}. Use the authors' list."
            )
        if entry[1] not in folders:
            raise DatasetError(
                f"Expected the folder {entry[1]} in {path.parent}, as line {place} of {path.name} "
                f"names its images, found {', '.join(folders)}. Copy it too, or move the list "
                "elsewhere to train on all images that there are."
            )
        yield entry[1], entry[4]
