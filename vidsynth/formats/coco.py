"""COCO: whole frames with ``annotations/instances_*.json`` and ``person_keypoints_*.json``.

``train/C01/S000012F001.jpg`` and ``test/...``: nobody is in frames of both. An annotation's
``bbox`` encloses what shows of a person and its ``segmentation`` is COCO's compressed run-length
mask of the frame; keypoints are 0 out of the frame, 1 hidden, 2 seen. Who has no label of their own
(bystanders, whoever the box rules drop) is marked ``iscrowd``: neither asked for nor counted wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from vidsynth.formats.frames import Frames, frame_name
from vidsynth.formats.writer import CROPS_TABLE, VIEWS_TABLE, FrameId, Record
from vidsynth.labels.masks import decode_mask
from vidsynth.labels.tables import SCHEMA_VERSION

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
SKELETON = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9),
    (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip
"""Pairs of keypoints that COCO joins, numbered from 1."""

PERSON = {"id": 1, "name": "person", "supercategory": "person"}
LICENCE = {
    "id": 1,
    "name": "CC0-1.0",
    "url": "https://creativecommons.org/publicdomain/zero/1.0/",
}
SPLITS = ("train", "test")
_OF_A_PERSON = ("visibility", "truncation", "azimuth", "depression", "distance", "keypoints_3d")


class Coco(Frames):
    """JPEG frames by split and camera."""

    lists = tuple(
        f"annotations/{name}_{split}.json"
        for name in ("instances", "person_keypoints")
        for split in SPLITS
    )

    def place(self, picture: FrameId) -> str:
        return f"{picture.split}/{frame_name(picture)}"

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        """Writes ``annotations/`` out of the shots' tables, one shot in memory at a time."""
        (root / "annotations").mkdir(exist_ok=True)
        shots = sorted(marker["shot"] for marker in markers)
        records = json.loads((root / "cameras.json").read_text(encoding="utf-8"))
        cameras = {record["camera_id"]: record for record in records}
        for split in SPLITS:
            (root / split).mkdir(exist_ok=True)
            for name, keypoints in (("instances", False), ("person_keypoints", True)):
                path = root / f"annotations/{name}_{split}.json"
                _write(path, root, shots, split, cameras, keypoints)


def _write(
    path: Path,
    root: Path,
    shots: list[int],
    split: str,
    cameras: dict[int, Record],
    keypoints: bool,
) -> None:
    category = PERSON | ({"keypoints": KEYPOINTS, "skeleton": SKELETON} if keypoints else {})
    head = {
        "info": {"description": f"vidsynth, {split}", "version": str(SCHEMA_VERSION)},
        "licenses": [LICENCE],
        "categories": [category],
    }
    images = (image for shot in _shots(root, shots, split) for image in shot.images(cameras))
    annotations = (a for shot in _shots(root, shots, split) for a in shot.annotations(keypoints))
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head)[:-1])
        for name, entries in (("images", images), ("annotations", annotations)):
            file.write(f', "{name}": [')
            for number, entry in enumerate(entries):
                file.write(",\n" if number else "\n")
                file.write(json.dumps(entry))
            file.write("]")
        file.write("}\n")
    part.replace(path)


class _Shot:
    """A shot's tables, and the numbers its frames, people and tracklets get."""

    def __init__(self, root: Path, shot: int, numbers: _Numbers) -> None:
        self.frames = pq.read_table(root / VIEWS_TABLE.format(shot)).to_pylist()
        self._root, self._shot, self._numbers = root, shot, numbers

    def images(self, cameras: dict[int, Record]) -> Iterator[Record]:
        for frame in self.frames:
            camera = cameras[frame["camera_id"]]
            names = ("camera_id", "shot", "frame", "time", "site", "weather", "hour")
            lens = ("K", "R", "t", "distortion")
            yield {
                "id": self._numbers.image(),
                "file_name": frame["file"].partition("/")[2],
                "width": frame["width"],
                "height": frame["height"],
                "license": LICENCE["id"],
                **{name: frame[name] for name in names},
                **{name: camera[name] for name in lens if name in camera},
            }

    def annotations(self, keypoints: bool) -> Iterator[Record]:
        people: dict[str, list[Record]] = {}
        for row in pq.read_table(self._root / CROPS_TABLE.format(self._shot)).to_pylist():
            people.setdefault(row["file"], []).append(row)
        for frame in self.frames:
            image = self._numbers.image()
            for row in people.get(frame["file"], []):
                yield self._person(frame, row, image, keypoints)
            for person_id, mask in zip(frame["others_id"], frame["others_mask"], strict=True):
                yield self._crowd(frame, mask, image, keypoints) | {"person_id": person_id}

    def _person(self, frame: Record, row: Record, image: int, keypoints: bool) -> Record:
        names = {
            "person_id": row["person_id"],
            "tracklet": row["tracklet"],
            "track_id": self._numbers.track(row["shot"], row["tracklet"]),
            "body_box": _rounded(row["body_box"]),
            **{name: _rounded(row[name]) for name in _OF_A_PERSON},
        }
        if row["ignored"]:
            return self._crowd(frame, row["mask"], image, keypoints) | names
        entry = self._shape(frame, row["mask"], image) | {"iscrowd": 0}
        if keypoints:
            points = _points(frame, row)
            entry |= {"keypoints": points, "num_keypoints": sum(v > 0 for v in points[2::3])}
        return entry | names

    def _crowd(self, frame: Record, mask: str, image: int, keypoints: bool) -> Record:
        entry = self._shape(frame, mask, image) | {"iscrowd": 1}
        none = {"keypoints": [0] * 3 * len(KEYPOINTS), "num_keypoints": 0}
        return entry | (none if keypoints else {})

    def _shape(self, frame: Record, mask: str, image: int) -> Record:
        height, width = frame["height"], frame["width"]
        pixels = decode_mask(mask, height, width)
        rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
        x, y = int(columns[0]), int(rows[0])
        return {
            "id": self._numbers.annotation(),
            "image_id": image,
            "category_id": PERSON["id"],
            "segmentation": {"size": [height, width], "counts": mask},
            "area": int(pixels.sum()),
            "bbox": [x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y],
        }


class _Numbers:
    """Counts from 1, the same at every reading of the same shots."""

    def __init__(self) -> None:
        self._images = self._annotations = 0
        self._tracks: dict[tuple[int, str], int] = {}

    def image(self) -> int:
        self._images += 1
        return self._images

    def annotation(self) -> int:
        self._annotations += 1
        return self._annotations

    def track(self, shot: int, tracklet: str) -> int:
        return self._tracks.setdefault((shot, tracklet), len(self._tracks) + 1)


def _shots(root: Path, shots: list[int], split: str) -> Iterator[_Shot]:
    numbers = _Numbers()
    for shot in shots:
        found = _Shot(root, shot, numbers)
        if found.frames and found.frames[0]["split"] == split:
            yield found


def _points(frame: Record, row: Record) -> list[float]:
    """COCO's x, y, v of each keypoint."""
    points: list[float] = []
    for (x, y), seen in zip(row["keypoints_2d"], row["keypoints_visible"], strict=True):
        inside = 0 <= x < frame["width"] and 0 <= y < frame["height"]
        points += [round(x, 2), round(y, 2), 2 if seen else 1] if inside else [0, 0, 0]
    return points


def _rounded(value: Any) -> Any:
    """Numbers to four digits after the point: no float32 tails in JSON."""
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, 4)
