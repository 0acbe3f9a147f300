"""Whole frames as an image tree: ``frames/C01/S000012F001.jpg``, with labels in tables alone.

``S`` is the shot, ``F`` counts the camera's frames in it from 1, without gaps.
"""

from __future__ import annotations

from typing import ClassVar

from vidsynth.formats.writer import Contents, FrameId, Writer, name_folders


class Frames(Writer):
    """A JPEG file per camera and frame. Tables say where each is: there are no lists."""

    whole: ClassVar[bool] = True

    def place(self, picture: FrameId) -> str:
        return f"frames/{frame_name(picture)}"

    def finish(self, contents: Contents) -> list[str]:
        name_folders(contents)
        return [frame["file"] for frame in contents.frames]


def frame_name(frame: FrameId) -> str:
    """``C01/S000012F001.jpg``."""
    return f"C{frame.camera_id:02d}/S{frame.shot:06d}F{frame.frame + 1:03d}.jpg"
