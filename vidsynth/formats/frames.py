"""Whole frames as an image tree: ``frames/C01/S000012F001.jpg``, with labels in tables alone.

``S`` is the shot, ``F`` counts the camera's frames in it from 1, without gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from vidsynth.formats.writer import Contents, FrameId, Record, ShotRoom, Sizes, store


class Frames:
    """A JPEG file per camera and frame."""

    whole: ClassVar[bool] = True

    @classmethod
    def check(cls, sizes: Sizes) -> None:
        """Whatever there is has a name."""

    def begin(self, room: ShotRoom) -> None:
        self._room = room

    def add(self, picture: FrameId, jpeg: bytes) -> str:
        return store(self._room, f"frames/{frame_name(picture)}", jpeg)

    def finish(self, contents: Contents) -> list[str]:
        for tracklet, records in zip(contents.tracklets, contents.crops, strict=True):
            tracklet["path"] = Path(records[0]["file"]).parent.as_posix()
        return [frame["file"] for frame in contents.frames]

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        """Tables say where every frame is: there are no lists."""


def frame_name(frame: FrameId) -> str:
    """``C01/S000012F001.jpg``."""
    return f"C{frame.camera_id:02d}/S{frame.shot:06d}F{frame.frame + 1:03d}.jpg"
