"""MSMT17. Wei et al., Person Transfer GAN to Bridge Domain Gap, CVPR 2018.

Version 1 and version 2 (faces blurred) have the same names and lists, in folders of other names:
the version that is there is read. Lists number people from 0, in the test anew: here train people
are 1 to 1,041 and test people follow.
"""

from __future__ import annotations

from pathlib import Path

from reid_datasets.benchmarks.layout import read_text, require_layout, unpacked
from reid_datasets.benchmarks.market1501 import unexpected
from reid_datasets.benchmarks.tracklet_folders import inside, number
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

TRAIN_IDS = range(1, 1_042)
TEST_IDS = range(1_042, 4_102)
"""Identities here, by the number in the lists."""
_TEST = {
    "query": Counts(3_060, 11_659, 11_659, 15),
    "gallery": Counts(3_060, 82_161, 82_161, 15),
}
PUBLISHED = {"train": Counts(len(TRAIN_IDS), 30_248, 30_248, 15), **_TEST}
PUBLISHED_TRAINVAL = {"train": Counts(len(TRAIN_IDS), 32_621, 32_621, 15), **_TEST}
OBTAIN = "on request from the authors at Peking University"
VERSIONS = {"MSMT17_V1": ("train", "test"), "MSMT17_V2": ("mask_train_v2", "mask_test_v2")}
"""Folder of the archive, and its folders of images."""
_LISTS = ("list_train.txt", "list_val.txt", "list_query.txt", "list_gallery.txt")


def read(root: Path) -> Split:
    """The official training list alone, 30,248 images, as most tools train. DatasetError."""
    return _read(root, ("list_train.txt",))


def read_trainval(root: Path) -> Split:
    """Training and validation lists together, 32,621 images. Raises DatasetError."""
    return _read(root, ("list_train.txt", "list_val.txt"))


def _read(root: Path, train_lists: tuple[str, ...]) -> Split:
    tree, (train_folder, test_folder) = _version(root)
    require_layout(tree, "MSMT17", (train_folder, test_folder, *_LISTS), OBTAIN)
    folders: dict[Path, Path] = {}
    train = [
        tracklet
        for name in train_lists
        for tracklet in _images(tree, name, train_folder, TRAIN_IDS, folders)
    ]
    query, gallery = (
        tuple(_images(tree, name, test_folder, TEST_IDS, folders)) for name in _LISTS[2:]
    )
    return Split(tuple(train), query, gallery)


def _version(root: Path) -> tuple[Path, tuple[str, str]]:
    """The tree, and the names of its two folders of images. DatasetError: there are two."""
    trees = [(unpacked(root, name), folders) for name, folders in VERSIONS.items()]
    found = [(tree, folders) for tree, folders in trees if (tree / folders[0]).is_dir()]
    if len(found) > 1:
        names = " and ".join(str(tree / folders[0]) for tree, folders in found)
        raise DatasetError(
            f"Expected one version of MSMT17 at {root}, found two: {names}. Their results differ; "
            "point --root at the folder of one, or move the other elsewhere."
        )
    return found[0] if found else trees[0]


def _images(
    tree: Path, name: str, folder: str, ids: range, folders: dict[Path, Path]
) -> list[Tracklet]:
    """``folders`` holds one Path for each folder, not one for each of its images."""
    tracklets = []
    for place, line in enumerate(read_text(tree / name).splitlines(), 1):
        fields = line.split()
        if len(fields) != 2:
            raise DatasetError(
                f"Expected `image person` in line {place} of {tree / name}, found {line[:80]!r}. "
                "Use the official list."
            )
        path = inside(tree / folder, fields[0], tree / name)
        camera = path.name.split("_")[2:3]
        if not camera or not camera[0].isdecimal():
            raise unexpected(path, "0000_000_01_0303morning_0008_0.jpg (camera third)")
        person = number(fields[1], tree / name, f"the person of line {place}")
        if person >= len(ids) or not path.name.startswith(f"{person:04d}_"):
            raise DatasetError(
                f"Expected images of people 0 to {len(ids) - 1}, each with its own number, in "
                f"{tree / name}, found line {place}: {line[:80]!r}. Use the official list."
            )
        parent = folders.setdefault(path.parent, path.parent)
        frames = ImageFiles(parent, (path.name,))
        tracklets.append(Tracklet(frames, ids[person], int(camera[0])))
    return tracklets
