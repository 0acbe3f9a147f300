"""``tracklets.csv``: stretches of video files, a person each."""

from __future__ import annotations

import csv
import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from reid_datasets.benchmarks.folder.rows import Part, Row
from reid_datasets.benchmarks.listing import on_disk, one_name
from reid_datasets.errors import DatasetError

REQUIRED = ("video", "first", "last")
OPTIONAL = ("id", "camera", "split", "clothes")
_DRIVE = re.compile("[A-Za-z]:")
LAST = 9_999_999
"""Of the frames of a video, more than of four days. A larger number stands for the end of the file,
which nobody has counted: lists of its frames would fill the memory before it is opened."""


def read_table(path: Path) -> Iterator[Row]:
    """The rows of the table. Frames ``first`` to ``last`` count from 0, both inclusive.

    No video is opened. Raises DatasetError with the line that is wrong.
    """
    videos: dict[str, Path] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            _require_columns(path, table.fieldnames or ())
            for values in table:
                where = f"line {table.line_num} of {path}"
                if None in values or None in values.values():
                    raise DatasetError(
                        f"Expected {len(table.fieldnames or ())} values in {where}, found "
                        f"{'more' if None in values else 'fewer'}. Quote values with commas."
                    )
                yield _row(where, path.parent, {k: v.strip() for k, v in values.items()}, videos)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            f"Expected a table (CSV, UTF-8) in {path}, but it cannot be read: {error}."
        ) from None


def _require_columns(path: Path, found: object) -> None:
    assert isinstance(found, list | tuple)
    known = REQUIRED + OPTIONAL
    missing = [name for name in REQUIRED if name not in found]
    unknown = [name for name in found if name not in known]
    if missing or unknown or len(set(found)) < len(found):
        near = difflib.get_close_matches(str(unknown[0]), known, 1) if unknown else []
        advice = f"Did you mean {near[0]}?" if near else "Correct its first line."
        raise DatasetError(
            f"Expected the columns {', '.join(REQUIRED)} and any of {', '.join(OPTIONAL)} in "
            f"{path}, found {', '.join(map(str, found)) or 'an empty file'}. {advice}"
        )


def _row(where: str, root: Path, values: dict[str, str], videos: dict[str, Path]) -> Row:
    from reid_datasets.video import VideoSpan  # decoders take a while to import

    first, last = (_frame(where, name, values[name]) for name in ("first", "last"))
    if last < first:
        raise DatasetError(
            f"Expected the last frame at or after the first in {where}, found {first} to {last}. "
            "Frames count from 0, and the last one belongs to the tracklet."
        )
    video = values["video"]
    if video not in videos:
        videos[video] = _inside(where, root, video)
    part = values.get("split") or None
    if part is not None and part not in get_args(Part):
        raise DatasetError(
            f"Expected train, query or gallery as the split in {where}, found {part!r}."
        )
    return Row(
        VideoSpan(videos[video], first, last + 1),
        person=one_name(values.get("id", "")) or None,
        camera=one_name(values.get("camera", "")) or None,
        clothes=one_name(values.get("clothes", "")) or None,
        part=part,  # type: ignore[arg-type]
        where=where,
    )


def _frame(where: str, column: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LAST))):
        raise DatasetError(
            f"Expected a frame number from 0 to {LAST:,} as `{column}` in {where}, found "
            f"{text[:40]!r}."
        )
    return int(text)


def _inside(where: str, root: Path, video: str) -> Path:
    """The path of a video. DatasetError: it is empty, or outside the folder."""
    if "\\" in video and "\0" not in video and not (root / video).exists():
        video = video.replace("\\", "/")  # written on Windows
    path = Path(os.path.normpath(root / video))
    if (
        not video
        or "\0" in video
        or (_DRIVE.match(video) and not path.exists())
        or path == root
        or not path.is_relative_to(os.path.normpath(root))
    ):
        raise DatasetError(
            f"Expected a video under {root} in {where}, found {video!r}. Paths are relative to "
            "the folder of the table and may not leave it; link the video into it."
        )
    top = Path(os.path.normpath(root))
    return on_disk(top, path.relative_to(top).parts)
