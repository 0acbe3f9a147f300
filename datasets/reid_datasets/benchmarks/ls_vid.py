"""LS-VID. Li et al., Global-Local Temporal Representations for Video Person Re-Identification,
ICCV 2019.

A line of a list is the beginning of the paths of a tracklet's images, and the person. Queries are
rows, from 1, of the list of the test; the gallery is the rest of it.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

from reid_datasets.benchmarks.layout import read_text, require_layout
from reid_datasets.benchmarks.listing import in_order, pictures_in
from reid_datasets.benchmarks.matlab import matrix
from reid_datasets.benchmarks.tracklet_folders import inside, number
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

PUBLISHED = {  # of the readers of others; identities of the test parts are not stated there
    "train": Counts(842, 2_831, None, 15),
    "query": Counts(None, 3_504, None, 15),
    "gallery": Counts(None, 7_829, None, 15),
}
OBTAIN = "on request from its authors at Peking University"
_LISTS = ("list_sequence/list_seq_train.txt", "list_sequence/list_seq_test.txt")
_QUERIES = "test/data/info_test.mat"
FIRST_TEST_ID = 1_000_000
"""Added to people of the test: both lists count from 0."""


def read(root: Path) -> Split:
    """The official split. Raises DatasetError."""
    require_layout(root, "LS-VID", (*_LISTS, _QUERIES), OBTAIN)
    listing: dict[Path, list[str]] = {}
    train = _tracklets(root, _LISTS[0], 1, listing)
    test = _tracklets(root, _LISTS[1], FIRST_TEST_ID, listing)
    rows = _query_rows(root / _QUERIES, len(test))
    query = [test[row] for row in sorted(rows)]
    gallery = [tracklet for row, tracklet in enumerate(test) if row not in rows]
    return Split(tuple(train), tuple(query), tuple(gallery))


def _tracklets(
    root: Path, name: str, first_id: int, listing: dict[Path, list[str]]
) -> list[Tracklet]:
    tracklets = []
    for place, line in enumerate(read_text(root / name).splitlines(), 1):
        fields = line.split()
        if len(fields) != 2:
            raise DatasetError(
                f"Expected the beginning of a path and a person in line {place} of {root / name}, "
                f"found {line[:80]!r}. Use the official list."
            )
        start = inside(root, fields[0], root / name)
        frames = _frames(start, listing)
        camera = frames.names[0].split("_")[2:3]
        if not camera or not camera[0].isdecimal():
            raise DatasetError(
                f"Expected the camera as the third field of image names (0000_c_01_...), found "
                f"{frames.names[0]} in {frames.directory}. Copy the data set again."
            )
        person = number(fields[1], root / name, f"the person of line {place}")
        tracklets.append(Tracklet(frames, first_id + person, int(camera[0])))
    return tracklets


def _frames(start: Path, listing: dict[Path, list[str]]) -> ImageFiles:
    """Images whose paths begin with ``start``; each folder is listed once."""
    folder = start.parent
    if folder not in listing:
        listing[folder] = pictures_in(folder)
    names = listing[folder]
    first = bisect_left(names, start.name)
    last = first
    while last < len(names) and names[last].startswith(start.name):
        last += 1
    if first == last:
        raise DatasetError(
            f"Expected images whose paths begin with {start}, found none. Copy that folder again."
        )
    return ImageFiles(folder, tuple(in_order(names[first:last])))


def _query_rows(path: Path, tracklets: int) -> set[int]:
    """0-based rows. DatasetError: they are not in a list of so many tracklets."""
    rows = matrix(path, name="query").ravel() - 1
    if not len(rows) or rows.min() < 0 or rows.max() >= tracklets:
        raise DatasetError(
            f"{path} refers to rows of a test list that has {tracklets}, found "
            f"{f'rows {rows.min() + 1} to {rows.max() + 1}' if len(rows) else 'none'}: they do not "
            "belong together, or it counts from 0 instead of 1. Copy both from one source."
        )
    return set(rows.tolist())
