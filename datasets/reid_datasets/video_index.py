"""When each frame of a video file is shown: what makes frame numbers exact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from reid_datasets.errors import DatasetError, MissingFrame


@dataclass(frozen=True)
class VideoIndex:
    """``shown``: the frames' time stamps in ascending order, int64 ``(N,)``, in the stream's unit.
    ``key``: whether a decoder can start at that frame, bool ``(N,)``. ``closed``: whether no frame
    that is shown before a key frame needs it (no open groups of pictures)."""

    shown: np.ndarray
    key: np.ndarray
    closed: bool

    def __len__(self) -> int:
        return len(self.shown)

    def begin(self, number: int) -> int:
        """The last frame to start decoding at to arrive at frame ``number``."""
        return int(np.flatnonzero(self.key[: number + 1])[-1])


def read_index(path: Path) -> VideoIndex:
    """Time stamps of the frames of a file's first video stream, from its packets.

    Frames that an edit list hides are not counted. Raises DatasetError for what is no video, is
    cut off, or gives its frames no time of their own.
    """
    if not path.exists():
        raise MissingFrame(
            f"Expected a video at {path}, found no such file. Restore it or copy the data set "
            "again; `uda check-data` lists every missing or damaged file."
        )
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise damaged(path, "it has no video stream")
            context = container.streams.video[0].codec_context
            if context is None or context.pix_fmt is None:
                raise damaged(path, "its codec or pixel format is unknown")
            packets = [
                (packet.pts if packet.pts is not None else packet.dts, packet.is_keyframe)
                for packet in container.demux(container.streams.video[0])
                if packet.size and not packet.is_discard and not _cut(packet, path)
            ]
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, str(error)) from error
    if not packets:
        raise damaged(path, "it has no frames")
    if any(time is None for time, _ in packets) or len({time for time, _ in packets}) < len(
        packets
    ):
        raise DatasetError(
            f"Expected a time of its own for every frame of {path}, found frames without one or "
            "sharing one: they cannot be numbered. Write the file anew, for example with `ffmpeg "
            "-fflags +genpts -i IN OUT.mp4`."
        )
    times, keys = (np.array(column) for column in zip(*packets, strict=True))
    begun = np.maximum.accumulate(np.where(keys, times, times.min()))
    closed = bool((times >= begun).all())
    packets.sort()
    shown, key = zip(*packets, strict=True)
    if not key[0]:
        raise damaged(path, "its first frame depends on one that is not there")
    return VideoIndex(np.array(shown, np.int64), np.array(key, bool), closed)


def damaged(path: Path, cause: str) -> DatasetError:
    return DatasetError(
        f"Expected a complete video in {path}, found {path.stat().st_size} bytes that do not "
        f"decode ({cause}). Restore the file or copy the data set again; `uda check-data` lists "
        "every missing or damaged file."
    )


def _cut(packet: av.Packet, path: Path) -> bool:
    if packet.is_corrupt:
        raise damaged(path, "the file was cut off")
    return False
