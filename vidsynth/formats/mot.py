"""MOTChallenge: a sequence per shot and camera, ``train/S000012-C01/gt/gt.txt`` and ``img1/``.

Identities are persons, the same in all sequences and under all cameras. ``gt.txt`` has MOT17's nine
columns: frame, id, left, top, width, height, confidence, class, visibility; frames and pixels count
from 1, boxes are of whole bodies and may reach out of the frame. Who has no label of their own
(bystanders, whoever the box rules drop) is of class 8, distractor, with confidence 0: trackers gain
and lose nothing by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from vidsynth.formats.writer import Contents, FrameId, Record, Writer, replace_text, store

PEDESTRIAN, DISTRACTOR = 1, 8
"""Classes of MOT17."""

SPLITS = ("train", "test")


class Mot(Writer):
    """JPEG frames by split and sequence."""

    whole: ClassVar[bool] = True
    lists = tuple(f"seqmaps/{split}.txt" for split in SPLITS)

    def place(self, picture: FrameId) -> str:
        name = f"{picture.split}/{sequence_name(picture.shot, picture.camera_id)}"
        return f"{name}/img1/{picture.frame + 1:06d}.jpg"

    def finish(self, contents: Contents) -> list[str]:
        rows = [row for records in (*contents.crops, contents.ignored) for row in records]
        lists = []
        for _, grouped in groupby(contents.frames, key=lambda frame: frame["camera_id"]):
            frames = list(grouped)
            folder = _folder(frames[0])
            lists += [
                store(self._room, f"{folder}/gt/gt.txt", _truth(frames, rows).encode()),
                store(self._room, f"{folder}/seqinfo.ini", _info(frames, self._room.fps).encode()),
            ]
        for tracklet, records in zip(contents.tracklets, contents.crops, strict=True):
            tracklet["path"] = _folder(records[0])
        return [*(frame["file"] for frame in contents.frames), *lists]

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        """Writes ``seqmaps/train.txt`` and ``test.txt``: the names of the sequences."""
        (root / "seqmaps").mkdir(exist_ok=True)
        found = sorted(
            Path(file).parts[:2]
            for marker in markers
            for file in marker["files"]
            if file.endswith("/seqinfo.ini")
        )
        for split in SPLITS:
            (root / split).mkdir(exist_ok=True)
            names = "".join(f"{name}\n" for half, name in found if half == split)
            replace_text(root / f"seqmaps/{split}.txt", f"name\n{names}")


def sequence_name(shot: int, camera_id: int) -> str:
    """``S000012-C01``."""
    return f"S{shot:06d}-C{camera_id:02d}"


def _folder(record: Record) -> str:
    """``train/S000012-C01`` of a frame, or of a person in one."""
    return Path(record["file"]).parents[1].as_posix()


def _truth(frames: list[Record], rows: list[Record]) -> str:
    """gt.txt, in order of frame and identity."""
    numbers = {frame["file"]: frame["frame"] + 1 for frame in frames}
    lines = [
        (numbers[row["file"]], row["person_id"], _line(row))
        for row in rows
        if row["file"] in numbers
    ]
    lines += [
        (number, person_id, line)
        for frame in frames
        for number, person_id, line in _others(frame, numbers[frame["file"]])
    ]
    return "".join(f"{frame},{person},{rest}\n" for frame, person, rest in sorted(lines))


def _line(row: Record) -> str:
    x0, y0, x1, y1 = row["body_box"]
    kept = not row["ignored"]
    box = f"{x0 + 1:.2f},{y0 + 1:.2f},{x1 - x0:.2f},{y1 - y0:.2f}"
    return f"{box},{int(kept)},{PEDESTRIAN if kept else DISTRACTOR},{row['visibility']:.4f}"


def _others(frame: Record, number: int) -> Iterator[tuple[int, int, str]]:
    for person_id, (x0, y0, x1, y1) in zip(frame["others_id"], frame["others_box"], strict=True):
        box = f"{x0 + 1:.2f},{y0 + 1:.2f},{x1 - x0:.2f},{y1 - y0:.2f}"
        yield number, person_id, f"{box},0,{DISTRACTOR},1.0000"


def _info(frames: list[Record], fps: float) -> str:
    first = frames[0]
    return "\n".join(
        (
            "[Sequence]",
            f"name={sequence_name(first['shot'], first['camera_id'])}",
            "imDir=img1",
            f"frameRate={fps:g}",
            f"seqLength={len(frames)}",
            f"imWidth={first['width']}",
            f"imHeight={first['height']}",
            "imExt=.jpg",
            "",
        )
    )
