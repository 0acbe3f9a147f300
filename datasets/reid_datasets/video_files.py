"""Open video files of this process, and the two libraries that decode them."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from reid_datasets.errors import DatasetError
from reid_datasets.video_index import VideoIndex, damaged, read_index

log = logging.getLogger(__name__)

OPEN_FILES = 8
"""Videos a process keeps open: a tracklet's clips are read one after another."""

_decord_since: int | None = None
"""The process that first used decord. Its threads do not survive a fork: a child that used it
would wait for them forever, and takes PyAV."""

_open: dict[int, OrderedDict[tuple[str, int, int, str], Video]] = {}
"""Open files of each process. A forked one leaves its parent's alone: to close them would be to
wait for threads that stayed behind."""


def open_video(path: Path) -> Video:
    """The file, opened or still open. A file that has changed is opened anew. DatasetError."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        read_index(path)  # says what is missing
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
    """A video file; ``frames`` is how many it has."""

    def __init__(self, path: Path, backend: str = "") -> None:
        if backend not in ("", "decord", "pyav"):
            raise DatasetError(
                f"Expected decord or pyav in $REID_VIDEO_BACKEND, found {backend!r}. Unset it to "
                "let the toolkit choose."
            )
        self.path = path
        self.index = read_index(path)  # also keeps damaged files from decord, which may crash
        self.frames = len(self.index)
        self._decord = None if backend == "pyav" else self._open_decord(required=backend != "")

    def read(self, numbers: Sequence[int]) -> list[np.ndarray]:
        """RGB frames, uint8 ``(H, W, 3)`` each, in the order asked for. DatasetError."""
        if self._decord is not None:
            try:
                return list(self._decord.get_batch(list(numbers)).asnumpy())
            except Exception as error:  # decord's own class, which it does not export
                log.warning("%s: decord fails (%s); PyAV decodes it", self.path, _first(error))
                self._decord = None
        return read_with_pyav(self.path, self.index, numbers)

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
        if not self.index.closed:
            return None  # decord gives other frames than those asked for
        try:
            reader = decord.VideoReader(str(self.path), num_threads=1)
        except Exception as error:
            log.warning("%s: decord fails (%s); PyAV decodes it", self.path, _first(error))
            return None
        return reader if len(reader) == self.frames else None


def read_with_pyav(path: Path, index: VideoIndex, numbers: Sequence[int]) -> list[np.ndarray]:
    """Frames by number, uint8 ``(H, W, 3)`` each; no part of the file is decoded twice."""
    wanted = sorted(set(numbers))
    found: dict[int, np.ndarray] = {}
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            numbered = {int(time): number for number, time in enumerate(index.shown)}
            while len(found) < len(wanted):
                target = wanted[len(found)]
                start = index.begin(target)
                container.seek(int(index.shown[start]), stream=stream, backward=True)
                for frame in container.decode(stream):
                    number = -1 if frame.pts is None else numbered.get(frame.pts, -1)
                    if number == target:
                        found[number] = frame.to_ndarray(format="rgb24")
                        if len(found) == len(wanted):
                            break
                        target = wanted[len(found)]
                        if index.begin(target) > number:  # cheaper to jump than to decode on
                            break
                    elif number > target:
                        raise damaged(path, f"frame {target} does not come out of it")
                else:
                    raise damaged(path, f"it ends before frame {target}")
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, _first(error)) from error
    return [found[number] for number in numbers]


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
