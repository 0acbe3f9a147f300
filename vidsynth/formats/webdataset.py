"""WebDataset shards: tar files a trainer reads from front to back, or in any order by offset.

A sample is a tracklet: ``0001C1T0001.json`` with its labels, then ``0001C1T0001.001.jpg`` and so
on, numbered in time order. A shot's training tracklets are in ``shards/train-000123.tar``, those
of held-out people and distractors in ``shards/test-000123.tar``.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from PIL import Image

from vidsynth.formats.mars import crop_file
from vidsynth.formats.writer import Contents, CropId, Writer


class WebDataset(Writer):
    """Two shards per shot. Tables say where each image is: there are no lists."""

    def place(self, picture: CropId) -> str:
        return crop_file(picture, self._room.digits)

    def finish(self, contents: Contents) -> list[str]:
        files = pack(self._room.path, self._room.shot, contents.tracklets, contents.crops)
        for tracklet, records in zip(contents.tracklets, contents.crops, strict=True):
            tracklet["path"] = records[0]["file"]
        return files


def pack(
    room: Path, index: int, tracklets: list[dict[str, Any]], crops: list[list[dict[str, Any]]]
) -> list[str]:
    """Moves the images in ``room`` into the shards of shot ``index`` and returns their names.

    ``crops`` are the records of each tracklet's crops in time order. Their ``file`` becomes the
    shard, with ``offset`` and ``size`` of the image in it, bytes.
    """
    (room / "shards").mkdir()
    names = []
    for half in ("train", "test"):
        members = [
            (tracklet, records)
            for tracklet, records in zip(tracklets, crops, strict=True)
            if (tracklet["split"] == "train") == (half == "train")
        ]
        if not members:
            continue
        name = f"shards/{half}-{index:06d}.tar"
        with tarfile.open(room / name, "w", format=tarfile.USTAR_FORMAT) as shard:
            for tracklet, records in members:
                _add(shard, f"{tracklet['tracklet']}.json", _json(tracklet))
                for record in records:
                    image = room / record["file"]
                    content = image.read_bytes()
                    member = f"{tracklet['tracklet']}.{record['position'] + 1:03d}.jpg"
                    offset = _add(shard, member, content)
                    record.update(file=name, offset=offset, size=len(content))
                    image.unlink()
        names.append(name)
    return names


def read_frame(path: Path, offset: int, size: int) -> Image.Image:
    """The image at ``offset`` of a shard. Raises OSError where there is none."""
    with path.open("rb") as shard:
        shard.seek(offset)
        return Image.open(io.BytesIO(shard.read(size)))


def _json(tracklet: dict[str, Any]) -> bytes:
    """The labels; null for what is not known, for JSON has no NaN."""
    known = {name: None if value != value else value for name, value in tracklet.items()}
    return json.dumps(known, allow_nan=False).encode()


def _add(shard: tarfile.TarFile, name: str, content: bytes) -> int:
    """Appends a member, with no date nor owner, and returns where its content begins."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    shard.addfile(member, io.BytesIO(content))
    return shard.offset - -(-len(content) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
