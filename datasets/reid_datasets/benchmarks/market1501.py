"""Market-1501 and every data set that names its images like it: person, ``_c`` and camera.

Zheng et al., Scalable Person Re-identification: A Benchmark, ICCV 2015. Images of ``-1`` are junk
and dropped, those of ``0000`` are distractors and kept in the gallery.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reid_datasets.benchmarks.layout import require_layout, unpacked
from reid_datasets.benchmarks.listing import pictures_in
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import DISTRACTOR_ID, JUNK_ID, Split, Tracklet

PUBLISHED = {
    "train": Counts(751, 12_936, 12_936, 6),
    "query": Counts(750, 3_368, 3_368, 6),
    "gallery": Counts(750, 15_913, 15_913, 6, distractors=2_798),
}
PUBLISHED_500K = {
    **PUBLISHED,
    "gallery": Counts(750, 515_913, 515_913, None, distractors=502_798),
}
OBTAIN = "Market-1501 project page of its authors"
OBTAIN_500K = f"{OBTAIN}, distractors_500k.zip, which unpacks to images/"
FOLDER = "Market-1501-v15.09.15"
FOLDERS = ("bounding_box_train", "query", "bounding_box_test")
_EXTRA = "images"
_NAME = re.compile(r"(-1|[0-9]+)_c([0-9]+)")


def read(root: Path) -> Split:
    """The official split. Raises DatasetError."""
    return split_of_folders(unpacked(root, FOLDER), "Market-1501", OBTAIN)


def read_500k(root: Path) -> Split:
    """The same with 500,000 more distractors in the gallery: whatever is in ``images/``, which may
    lie beside the archive's folder or in it. Raises DatasetError.
    """
    split = read(root)
    place = root if (root / _EXTRA).is_dir() else unpacked(root, FOLDER)
    require_layout(place, "Market-1501 +500k", (_EXTRA,), OBTAIN_500K)
    return Split(split.train, split.query, split.gallery + tuple(_distractors(place / _EXTRA)))


def split_of_folders(root: Path, title: str, obtain: str) -> Split:
    """Train, query and gallery of the three folders of Market-1501's layout."""
    require_layout(root, title, FOLDERS, obtain)
    train, query, gallery = (tuple(scan(root / folder)) for folder in FOLDERS)
    return Split(train, query, gallery)


def scan(folder: Path) -> list[Tracklet]:
    """The images of a folder but junk, by name; each is a tracklet of one frame. DatasetError."""
    tracklets = []
    for name in image_names(folder):
        parsed = _NAME.match(name)
        if parsed is None:
            raise unexpected(folder / name, "0002_c1s1_000451_03.jpg (person, _c, camera)")
        person = int(parsed[1])
        if person != JUNK_ID:
            tracklets.append(Tracklet(ImageFiles(folder, (name,)), person, int(parsed[2])))
    return tracklets


def image_names(folder: Path) -> list[str]:
    """Names of the images in a folder, sorted. DatasetError: there are none."""
    names = pictures_in(folder)
    if not names:
        raise DatasetError(f"Expected images in {folder}, found none. Copy that folder again.")
    return names


def unexpected(path: Path, wanted: str) -> DatasetError:
    return DatasetError(
        f"Expected images named like {wanted} in {path.parent}, found {path.name[:80]}. Take that "
        "file out, or use the official names."
    )


def _distractors(folder: Path) -> Iterator[Tracklet]:
    """They match nobody, so that a name without person and camera takes nothing from the test."""
    for name in image_names(folder):
        parsed = _NAME.match(name)
        camera = int(parsed[2]) if parsed else None
        yield Tracklet(ImageFiles(folder, (name,)), DISTRACTOR_ID, camera)
