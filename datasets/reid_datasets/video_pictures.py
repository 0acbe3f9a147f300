"""A plain sequential decode, which all other reading must agree with; frames to upright pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from reid_datasets.errors import DatasetError
from reid_datasets.video_index import damaged, video_stream

_SKEW = 0.02
"""Tangent of the largest angle taken for a quarter turn."""


class InOrder:
    """Frames of a file in the order they are shown, decoded from the beginning, one at a time.

    Memory does not grow with the file. ``number`` counts the frames that came out so far.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self._frames = _decoded(path)

    def next(self) -> Any:
        """The next frame, None after the last. DatasetError: the file is damaged from here on."""
        frame = next(self._frames, None)
        self.number += frame is not None
        return frame


def _decoded(path: Path) -> Iterator[Any]:
    """All frames. What comes before the first key frame of a recording may fail to decode."""
    try:
        with av.open(str(path)) as container:
            stream = video_stream(container, path)
            stream.codec_context.thread_count = 1
            begun = False
            for packet in container.demux(stream):
                begun = begun or packet.is_keyframe
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    if begun:
                        raise
                    continue
                yield from frames
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, first_line(error)) from error


def picture(frame: Any, path: Path, number: int) -> np.ndarray:
    """A frame's RGB pixels, uint8 ``(H, W, 3)``, turned and mirrored as its header says.

    Raises DatasetError where it was decoded from damaged data, or is not turned by quarters.
    """
    if frame.is_corrupt:
        raise damaged(path, f"frame {number} is damaged")
    pixels = frame.to_ndarray(format="rgb24")
    matrix = display_matrix(frame)
    if matrix is None:
        return pixels
    (a, b), (c, d) = matrix
    sideways = abs(b) > abs(a)
    large, small = (abs(b), abs(a)) if sideways else (abs(a), abs(b))
    if not large or small > _SKEW * large:
        raise DatasetError(
            f"Expected {path} to be upright or turned by quarters, found the display matrix "
            f"({a:g} {b:g}; {c:g} {d:g}) in its header. Write the file anew, for example with "
            "`ffmpeg -i IN OUT.mp4`, which turns the pixels."
        )
    if sideways:
        pixels = pixels.swapaxes(0, 1)
    if (c if sideways else a) < 0:
        pixels = pixels[:, ::-1]
    if (b if sideways else d) < 0:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def display_matrix(frame: Any) -> np.ndarray | None:
    """Where the header moves x and y to, ``((a, b), (c, d))``: x' = ax + cy, y' = bx + dy. None
    where it moves nothing."""
    found = frame.side_data.get("DISPLAYMATRIX")
    if found is None:
        return None
    values = np.frombuffer(bytes(found), np.int32).reshape(3, 3)[:2, :2] / 65536
    return None if np.array_equal(values, np.eye(2)) else values


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
