"""Open video files of this process, and the two libraries that decode them."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from reid_datasets.errors import DatasetError, printable
from reid_datasets.video_index import (
    VideoIndex,
    damaged,
    quick_count,
    read_index,
    require_whole,
    video_stream,
)
from reid_datasets.video_pictures import InOrder, Kept, display_matrix, first_line, picture

log = logging.getLogger(__name__)

OPEN_FILES = 8
"""Videos a process keeps open: a tracklet's clips are read one after another."""

LONG = 2_000
"""Frames that take seconds to decode."""

SAME_COLOURS = frozenset({"yuv420p", "yuvj420p", "yuv444p", "yuvj444p", "gbrp"})
"""Pixel formats of which both libraries make the same RGB, to the bit. Of 10 bits they do not, nor
of interlaced frames."""

_decord_since: int | None = None
"""The process that first used decord. Its threads do not survive a fork: a child that used it
would wait for them forever, and takes PyAV."""

_open: dict[int, OrderedDict[tuple[str, int, int, str], Video]] = {}
"""Open files of each process. A forked one leaves its parent's alone: to close them would be to
wait for threads that stayed behind."""


class Ended(Exception):
    """A frame was asked for that a video does not have; ``frames`` is how many it has."""

    def __init__(self, frames: int, asked: int) -> None:
        super().__init__(frames, asked)
        self.frames = frames
        self.asked = asked


def open_video(path: Path) -> Video:
    """The file, opened or still open. A file that has changed is opened anew. DatasetError."""
    try:
        facts = path.stat()
    except OSError:
        require_whole(path)  # says what is missing
        raise
    backend = os.environ.get("REID_VIDEO_BACKEND", "")
    files = _open.setdefault(os.getpid(), OrderedDict())
    key = (str(path), facts.st_mtime_ns, facts.st_size, backend)
    video = files.pop(key, None) or Video(path, backend)
    files[key] = video
    while len(files) > OPEN_FILES:
        files.popitem(last=False)
    return video


class Video:
    """A video file. Threads may share it; they wait for each other."""

    def __init__(self, path: Path, backend: str = "") -> None:
        if backend not in ("", "decord", "pyav"):
            raise DatasetError(
                f"Expected decord or pyav in $REID_VIDEO_BACKEND, found {backend!r}. Unset it to "
                "let the toolkit choose."
            )
        self.path = path
        self._lock = threading.Lock()
        self._colours = VideoReformatter()
        self._said_slow = False
        self._in_order: InOrder | None = None
        self._decord: Any = None
        self.index: VideoIndex | None = None
        self._kept = None if backend else Kept.of(path)
        if self._kept is not None:
            return
        self.index = read_index(path)  # also keeps damaged files from decord, which may crash
        self._decord = None if backend == "pyav" else self._open_decord(required=backend != "")

    def read(self, numbers: Sequence[int]) -> list[np.ndarray]:
        """RGB frames, uint8 ``(H, W, 3)`` each, in the order asked for, the same from any decoder.

        Raises DatasetError for a damaged file, Ended where there are fewer frames.
        """
        if not numbers:
            return []
        with self._lock:
            if self._kept is not None:
                return self._read_kept(self._kept, numbers)
            if self.index is None:
                return self._read_in_order(numbers)
            if max(numbers) >= len(self.index):
                raise Ended(len(self.index), max(numbers))
            if self._decord is not None:
                try:
                    return list(self._decord.get_batch(list(numbers)).asnumpy())
                except Exception as error:  # decord's own class, which it does not export
                    self._say_decord_failed(error)
                    self._decord = None
            found = read_with_pyav(self.path, self.index, numbers, self._colours)
            if found is not None:
                return found
            log.warning(
                "%s: frames cannot be reached from its key frames; it is decoded from the "
                "beginning every time, which is slow",
                printable(self.path),
            )
            self.index = None
            return self._read_in_order(numbers)

    def _read_kept(self, kept: Kept, numbers: Sequence[int]) -> list[np.ndarray]:
        if kept.get(max(numbers)) is None:
            raise Ended(len(kept), max(numbers))
        return [picture(kept.get(n), self.path, n, self._colours) for n in numbers]

    def _read_in_order(self, numbers: Sequence[int]) -> list[np.ndarray]:
        """By decoding from the beginning, or from where the last call stopped."""
        wanted = sorted(set(numbers))
        found: dict[int, np.ndarray] = {}
        if wanted[-1] >= LONG and not self._said_slow:
            self._said_slow = True
            log.warning(
                "%s can only be decoded from its beginning, which is slow for frame %d; an MP4 "
                "file can be read anywhere (ffmpeg -i IN -c:v libx264 -crf 12 OUT.mp4)",
                printable(self.path),
                wanted[-1],
            )
        if self._in_order is None or self._in_order.number > wanted[0]:
            self._in_order = InOrder(self.path)
        frames, self._in_order = self._in_order, None  # kept only where nothing fails
        for target in wanted:
            while frames.number <= target:
                frame = frames.next()
                if frame is None:
                    raise Ended(frames.number, wanted[-1])
            found[target] = picture(frame, self.path, target, self._colours)
        self._in_order = frames
        return [found[number] for number in numbers]

    def _say_decord_failed(self, error: Exception) -> None:
        where = printable(self.path)
        log.warning("%s: decord fails (%s); PyAV decodes it", where, first_line(error))

    def _open_decord(self, required: bool) -> Any:
        """decord's reader, None where it is not to be trusted with this file or process."""
        try:
            import decord
        except ImportError:
            if required:
                raise DatasetError(
                    "REID_VIDEO_BACKEND=decord asks for decord, which is not installed (it has no "
                    "build for this machine). Unset it: PyAV gives the same frames."
                ) from None
            return None
        global _decord_since
        _decord_since = _decord_since or os.getpid()
        if _decord_since != os.getpid():
            return None
        if self.index is None or not self.index.closed or not _plain(self.path):
            return None  # decord gives other frames than those asked for, or other colours
        try:
            reader = decord.VideoReader(str(self.path), num_threads=1)
        except Exception as error:
            self._say_decord_failed(error)
            return None
        return reader if len(reader) == len(self.index) else None


def _plain(path: Path) -> bool:
    """Whether both libraries make the same pixels of the first frame. It tells of all others."""
    try:
        with av.open(str(path)) as container:
            stream = video_stream(container, path)
            stream.codec_context.thread_count = 1
            frame = next(container.decode(stream))
            return (
                len(container.streams.video) == 1
                and frame.format.name in SAME_COLOURS
                and not frame.interlaced_frame
                and display_matrix(frame) is None
            )
    except (av.FFmpegError, ValueError, StopIteration):
        return False


def read_with_pyav(
    path: Path, index: VideoIndex, numbers: Sequence[int], colours: VideoReformatter
) -> list | None:
    """Frames by number, uint8 ``(H, W, 3)`` each; no part of the file is decoded twice.

    None where a frame does not come out when decoding starts at the key frame before it.
    """
    wanted = sorted(set(numbers))
    found: dict[int, np.ndarray] = {}
    try:
        with av.open(str(path)) as container:
            stream = video_stream(container, path)
            stream.codec_context.thread_count = 1
            numbered = {int(time): number for number, time in enumerate(index.shown)}
            while len(found) < len(wanted):
                target = wanted[len(found)]
                start = index.begin(target)
                container.seek(int(index.shown[start]), stream=stream, backward=True)
                for frame in container.decode(stream):
                    number = -1 if frame.pts is None else numbered.get(frame.pts, -1)
                    if number == target:
                        found[number] = picture(frame, path, number, colours)
                        if len(found) == len(wanted):
                            break
                        target = wanted[len(found)]
                        if index.begin(target) > number:  # cheaper to jump than to decode on
                            break
                    elif number > target:
                        return None
                else:
                    return None
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, first_line(error)) from error
    return [found[number] for number in numbers]


def count_frames(path: Path) -> int:
    """How many frames come out of a file. DatasetError: it is damaged, or has none.

    Decodes the whole file where it has no `VideoIndex`.
    """
    known = quick_count(path)
    if known is None and (index := read_index(path)) is not None:
        known = len(index)
    if known is not None:
        return known
    frames = InOrder(path)
    while (frame := frames.next()) is not None:
        if frame.is_corrupt:
            raise damaged(path, f"frame {frames.number - 1} is damaged")
    if not frames.number:
        raise damaged(path, "it has no frames")
    return frames.number
