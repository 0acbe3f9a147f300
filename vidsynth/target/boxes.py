"""Crops cut out of videos by a table of boxes, such as a tracker writes.

    ROOT/boxes.csv    video,tracklet,frame,x0,y0,x1,y1[,camera]
    ROOT/lobby.mp4 ...

A row is a person's box in a frame, in pixels with x1 and y1 exclusive; frames count from 0. The
camera is the video unless a column says otherwise.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.crops import LazyCrops, TargetTracklet, evenly
from vidsynth.target.video.codec import Stream, stream_of
from vidsynth.target.video.runs import hidden_by_others

if TYPE_CHECKING:
    import torch

TABLE = "boxes.csv"
REQUIRED = ("video", "tracklet", "frame", "x0", "y0", "x1", "y1")
OPTIONAL = ("camera",)
Row = tuple[int, int, int, int, int]
"""Frame, x0, y0, x1, y1."""


@dataclass(frozen=True, slots=True)
class BoxedFrames:
    """Boxes in frames of a video. A `Frames`.

    Boxes are cut where the frame ends.
    """

    path: Path
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def name(self, index: int) -> str:
        return f"{self.path} frame {self.rows[index][0]}"

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        """RGB crops, uint8 ``(3, h, w)`` each. Raises DatasetError."""
        from reid_datasets.errors import DatasetError
        from reid_datasets.video import VideoSpan

        last = max(row[0] for row in self.rows)
        chosen = [self.rows[index] for index in indices]
        frames = VideoSpan(self.path, 0, last + 1).read([row[0] for row in chosen])
        crops = []
        for frame, (number, x0, y0, x1, y1) in zip(frames, chosen, strict=True):
            crop = frame[:, max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
            if min(crop.shape[1:]) < 2:
                raise DatasetError(
                    f"Expected boxes in frames of {frame.shape[2]} x {frame.shape[1]} pixels in "
                    f"{self.path}, found {x0}, {y0}, {x1}, {y1} in frame {number}. Correct {TABLE}."
                )
            crops.append(crop)
        return crops


def read_boxes(root: Path, frames: int | None) -> Iterator[TargetTracklet]:
    """The tracklets of ``boxes.csv``, of each at most ``frames`` crops. Raises TargetError."""
    facts: dict[str, tuple[Stream, tuple[int, int]]] = {}
    table = read_table(root)
    everybody: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for (video, _, _), rows in table.items():
        for row in rows:
            everybody[video, row[0]].append(row)
    for (video, camera, _), rows in table.items():
        if video not in facts:
            facts[video] = _video_facts(root / video)
        stream, size = facts[video]
        chosen = evenly(len(rows), frames)
        boxes = np.array([rows[place][1:] for place in chosen], float)
        numbers = tuple(rows[place][0] for place in chosen)
        there = (np.array(everybody[video, number], float)[:, 1:] for number in numbers)
        yield TargetTracklet(
            camera,
            LazyCrops(BoxedFrames(root / video, tuple(rows)), chosen),
            len(rows),
            numbers=numbers,
            fps=stream.fps,
            boxes=boxes,
            frame_size=size,
            hidden=np.array([hidden_by_others(*of) for of in zip(boxes, there, strict=True)]),
            gop=stream.gop,
        )


def read_table(root: Path) -> dict[tuple[str, str, str], list[Row]]:
    """Rows in the order of their frames, by video, camera and tracklet."""
    path = root / TABLE
    found: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            columns = table.fieldnames or ()
            unknown = set(columns) - {*REQUIRED, *OPTIONAL}
            if set(REQUIRED) - set(columns) or unknown or len(set(columns)) < len(columns):
                raise TargetError(
                    f"Expected the columns {', '.join(REQUIRED)} and perhaps camera in {path}, "
                    f"found {', '.join(columns) or 'an empty file'}. Correct its first line."
                )
            for row in table:
                where = f"line {table.line_num} of {path}"
                if None in row or None in row.values():
                    raise TargetError(
                        f"Expected {len(columns)} values in {where}, found "
                        f"{'more' if None in row else 'fewer'}. Write decimals with a point, and "
                        "quote values with commas."
                    )
                try:
                    frame, x0, y0, x1, y1 = (round(float(row[name])) for name in REQUIRED[2:])
                except (TypeError, ValueError, OverflowError):
                    frame = x0 = y0 = x1 = y1 = -1
                if frame < 0 or x1 <= x0 or y1 <= y0:
                    raise TargetError(
                        "Expected a frame from 0 and a box with x0 < x1 and y0 < y1 in "
                        f"{where}. Correct it."
                    )
                video, tracklet = row["video"].strip(), row["tracklet"].strip()
                if (
                    not video
                    or not tracklet
                    or Path(video).is_absolute()
                    or ".." in Path(video).parts
                ):
                    raise TargetError(
                        f"Expected a video under {root} and a tracklet in {where}, found {video!r} "
                        f"and {tracklet!r}. Paths are relative to the folder of the table and may "
                        "not leave it; link the video into it."
                    )
                camera = (row.get("camera") or "").strip() or Path(video).stem
                boxes = found[video, camera, tracklet]
                if frame in boxes:
                    raise TargetError(
                        f"Expected one box of tracklet {tracklet} in frame {frame} of {video}, "
                        f"found another in {where}. Give tracklets of different people "
                        "different names."
                    )
                boxes[frame] = (frame, x0, y0, x1, y1)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TargetError(
            f"Expected a table of boxes (CSV, UTF-8) in {path}, but it cannot be read: {error}."
        ) from None
    if not found:
        raise TargetError(f"Expected boxes in {path}, found none. Add rows to it.")
    return {key: sorted(rows.values()) for key, rows in found.items()}


def _video_facts(path: Path) -> tuple[Stream, tuple[int, int]]:
    """What the video says of its stream, and (width, height) of its frames as they are seen: a
    phone's are coded lying on their side, and turned by the header."""
    import av
    from reid_datasets.errors import DatasetError
    from reid_datasets.video import VideoSpan

    try:
        (first,) = VideoSpan(path, 0, 1).read([0])
        return stream_of(path), (first.shape[2], first.shape[1])
    except (OSError, av.FFmpegError, IndexError, DatasetError) as error:
        raise TargetError(
            f"Expected a video at {path}, as {TABLE} says, but it cannot be read: {error}."
        ) from None
