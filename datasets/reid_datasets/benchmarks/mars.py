"""MARS and every data set laid out like it. Zheng et al., MARS: A Video Benchmark, ECCV 2016.

The official tables give each tracklet as a range of lines of a list of file names, 1-based and
inclusive. The gallery is the whole test set without junk, queries included: leaving them out, as
many readers do, takes their only cross-camera match from 140 of 1,980 queries.
"""

from __future__ import annotations

import re
from pathlib import Path

from reid_datasets.benchmarks.layout import read_text, require_layout
from reid_datasets.benchmarks.matlab import matrix
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import DISTRACTOR_ID, JUNK_ID, Split, Tracklet

PUBLISHED = {
    "train": Counts(625, 8_298, 509_914, 6),
    "query": Counts(626, 1_980, 114_493, 6),
    "gallery": Counts(634, 11_310, 657_709, 6, distractors=3_248),
}

_NAME = re.compile(r"(00-1|[0-9]{4,})C([0-9]+)T[0-9]{4,}F[0-9]{3,}\.jpg")
OBTAIN = (
    "images from the MARS project page, info/ from the GitHub repository "
    "liangzheng06/MARS-evaluation"
)
_LAYOUT = (
    "bbox_train",
    "bbox_test",
    "info/train_name.txt",
    "info/test_name.txt",
    "info/tracks_train_info.mat",
    "info/tracks_test_info.mat",
    "info/query_IDX.mat",
)


def read(root: Path) -> Split:
    """The official split of the MARS tree at ``root``. Raises DatasetError.

    Image files are not looked at one by one: MARS has 1.19 million.
    """
    require_layout(root, "MARS", _LAYOUT, OBTAIN)
    train = [t for t in _tracklets(root, "train") if t.person_id != JUNK_ID]
    test = _tracklets(root, "test")
    query = [test[row] for row in query_rows(root / "info/query_IDX.mat", len(test))]
    nobody = next((t for t in query if t.person_id in (JUNK_ID, DISTRACTOR_ID)), None)
    if nobody:
        raise DatasetError(
            f"{root / 'info/query_IDX.mat'} names junk tracklets (00-1) or distractors (0000) as "
            f"queries, such as {nobody.frames.name(0)}: it counts rows from 0 instead of 1, or the "
            "tables in info/ do not belong together. Copy the whole folder from one source."
        )
    gallery = [tracklet for tracklet in test if tracklet.person_id != JUNK_ID]
    return Split(tuple(train), tuple(query), tuple(gallery))


def _tracklets(root: Path, part: str) -> list[Tracklet]:
    """Every row of a part's table, junk included, so that row numbers stay valid."""
    listed = names(root / f"info/{part}_name.txt")
    table = root / f"info/tracks_{part}_info.mat"
    rows = matrix(table, columns=4)  # first, last, person, camera
    directories: dict[str, Path] = {}
    tracklets = []
    for number, (first, last, person, camera) in enumerate(rows.tolist(), 1):
        if not 1 <= first <= last <= len(listed):
            raise DatasetError(
                f"Row {number} of {table} spans lines {first} to {last}, but {part}_name.txt has "
                f"lines 1 to {len(listed)}: they do not belong together. Copy info/ whole from one "
                "source."
            )
        frames = listed[first - 1 : last]
        parsed = _NAME.fullmatch(frames[0])
        assert parsed is not None
        stem = frames[0][: parsed.end(2)] + "T"
        if (int(parsed[1].replace("00-1", "-1")), int(parsed[2])) != (person, camera) or any(
            not name.startswith(stem) for name in frames
        ):
            raise DatasetError(
                f"Row {number} of {table} says person {person}, camera {camera}, but its lines "
                f"{first} to {last} of {part}_name.txt run from {frames[0]} to {frames[-1]}: they "
                "do not belong together. Copy info/ whole from one source."
            )
        folder = directories.setdefault(parsed[1], root / f"bbox_{part}" / parsed[1])
        tracklets.append(Tracklet(ImageFiles(folder, tuple(frames)), person, camera))
    return tracklets


def names(path: Path) -> list[str]:
    """The image names of a list file. DatasetError: one is not as MARS names images."""
    listed = read_text(path).split()
    bad = next((i for i, name in enumerate(listed) if not _NAME.fullmatch(name)), None)
    if bad is not None:
        raise DatasetError(
            f"Expected names like 0001C1T0001F001.jpg in {path}, found {listed[bad][:80]!r} as "
            f"entry {bad + 1}. Use the official list; other names are refused."
        )
    return listed


def query_rows(path: Path, tracklets: int) -> list[int]:
    """0-based rows of a test table of so many tracklets. DatasetError: they are not in it."""
    rows = matrix(path).ravel() - 1
    if len(rows) and not (rows.min() >= 0 and rows.max() < tracklets):
        raise DatasetError(
            f"{path} refers to rows {rows.min() + 1} to {rows.max() + 1} of a test table that has "
            f"{tracklets}: they do not belong together. Copy info/ whole from one source."
        )
    return rows.tolist()
