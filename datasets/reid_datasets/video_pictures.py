"""A plain sequential decode, which all other reading must agree with; frames to upright pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from reid_datasets.errors import DatasetError
from reid_datasets.video_index import damaged, is_short, require_whole, video_stream

_SKEW = 0.02
"""Tangent of the largest angle taken for a quarter turn."""


class InOrder:
    """Frames of a file in the order they are shown, decoded from the beginning, one at a time.

    Memory does not grow with the file. ``number`` counts the frames that came out so far.
    """

    def __init__(self, path: Path, container: Any = None) -> None:
        """``container``: the file, where it is open already; it is closed after the last frame."""
        self.path = path
        self.number = 0
        self._frames = _decoded(path, container)

    def next(self) -> Any:
        """The next frame, None after the last. DatasetError: the file is damaged from here on."""
        frame = next(self._frames, None)
        self.number += frame is not None
        return frame


class Kept:
    """Frames of a short video by number: decoded as far as was asked for, and kept."""

    def __init__(self, path: Path, container: Any = None) -> None:
        self.path = path
        self._source = InOrder(path, container)
        self._frames: list[Any] = []

    @classmethod
    def of(cls, path: Path) -> Kept | None:
        """None for other videos. DatasetError: it is no video or was cut off."""
        require_whole(path)
        try:
            container = av.open(str(path))
        except (av.FFmpegError, ValueError) as error:
            raise damaged(path, first_line(error)) from error
        if is_short(container, path):
            return cls(path, container)
        container.close()
        return None

    def get(self, number: int) -> Any:
        """Frame ``number``, None where there are fewer. DatasetError: it is damaged."""
        try:
            while len(self._frames) <= number:
                frame = self._source.next()
                if frame is None:
                    return None
                self._frames.append(frame)
        except BaseException:
            self._source, self._frames = InOrder(self.path), []  # the next call meets it, too
            raise
        return self._frames[number]

    def __len__(self) -> int:
        """Frames decoded so far."""
        return len(self._frames)


def _decoded(path: Path, opened: Any = None) -> Iterator[Any]:
    """All frames. What comes before the first key frame of a recording may fail to decode."""
    try:
        with opened or av.open(str(path)) as container:
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


def picture(frame: Any, path: Path, number: int, colours: VideoReformatter) -> np.ndarray:
    """A frame's RGB pixels, uint8 ``(H, W, 3)``, turned and mirrored as its header says.

    ``colours`` converts, and is quick for frames of a kind that it has seen.

    Raises DatasetError where it was decoded from damaged data, or is not turned by quarters.
    """
    if frame.is_corrupt:
        raise damaged(path, f"frame {number} is damaged")
    pixels = colours.reformat(frame, format="rgb24").to_ndarray()
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
