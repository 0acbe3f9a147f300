"""When each frame of a video file is shown: what makes random access exact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.video_containers import cut_short

SEEKABLE = ("mov,mp4", "matroska,webm")
"""How the names of the formats begin whose time stamps and key frames can be relied on. Measured:
in AVI, MPEG, ASF and transport streams a seek arrives at other frames than those asked for."""

SHORT = 64
"""Frames of a video that is decoded from its beginning and kept: it is one group of pictures or two
anyway, and an index would cost as much as its frames."""
SMALL = 2**22
"""Bytes that its decoded frames may take."""

_ONE_TO_ONE = frozenset(
    {"h264", "hevc", "libdav1d", "av1", "vp9", "libvpx-vp9"}
    | {"mjpeg", "png", "ffv1", "prores", "dnxhd", "rawvideo", "huffyuv"}
)
"""Codecs of which every packet of the formats above is one picture."""
_VOP = b"\0\0\1\xb6"


@dataclass(frozen=True)
class VideoIndex:
    """Frames of a file that can be read in any order.

    Attributes:
        shown: time stamps in ascending order, int64 ``(N,)``, in the stream's unit.
        key: whether a decoder can start at that frame, bool ``(N,)``.
        closed: whether no frame that is shown before a key frame needs it (no open groups of
            pictures), and no edit list hides any.
    """

    shown: np.ndarray
    key: np.ndarray
    closed: bool

    def __len__(self) -> int:
        return len(self.shown)

    def begin(self, number: int) -> int:
        """The last frame to start decoding at to arrive at frame ``number``."""
        return int(np.flatnonzero(self.key[: number + 1])[-1])


def read_index(path: Path) -> VideoIndex | None:
    """Time stamps of the frames of a file's video stream, from its packets.

    Frames that an edit list hides are not counted.

    Returns:
        None where the frames can be told apart only by decoding from the beginning: in other
        formats than `SEEKABLE`, and where frames have no time of their own.

    Raises DatasetError for what is no video or was cut off.
    """
    require_whole(path)
    try:
        with av.open(str(path)) as container:
            stream = video_stream(container, path)
            if not container.format.name.startswith(SEEKABLE):
                return None
            packets, hidden, plain = [], 0, True
            codec = stream.codec_context.name
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                if packet.is_corrupt:
                    raise damaged(path, "the file was cut off")
                plain = plain and _is_one_picture(codec, packet)
                hidden += packet.is_discard
                if not packet.is_discard:
                    packets.append((packet.pts, packet.is_keyframe))
            end = max((e.pos + e.size for e in getattr(stream, "index_entries", ())), default=0)
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, str(error)) from error
    if end > path.stat().st_size:
        raise damaged(path, f"the file was cut off: its frames end at byte {end}")
    if not packets:
        raise damaged(path, "it has no frames")
    return _index(packets, closed=not hidden) if plain else None


def is_short(container: Any, path: Path) -> bool:
    """Whether an open file is an MP4 of few and small frames. DatasetError: it was cut off."""
    stream = video_stream(container, path)
    if not container.format.name.startswith(SEEKABLE[0]) or not 0 < stream.frames <= SHORT:
        return False
    end = max((e.pos + e.size for e in getattr(stream, "index_entries", ())), default=0)
    if end > path.stat().st_size:
        raise damaged(path, f"the file was cut off: its frames end at byte {end}")
    pixels = stream.codec_context.width * stream.codec_context.height
    return 3 * pixels * stream.frames <= 2 * SMALL  # 12 bits a pixel as most are stored


def quick_count(path: Path) -> int | None:
    """The number of frames by an MP4's own table, None where packets must be looked at.

    Only the first group of pictures is read: frames that are shown before the first key frame, or
    that an edit list hides, may not come out. Raises DatasetError for a file that was cut off.
    """
    require_whole(path)
    try:
        with av.open(str(path)) as container:
            stream = video_stream(container, path)
            entries = getattr(stream, "index_entries", ())
            if (
                not container.format.name.startswith(SEEKABLE[0])
                or stream.codec_context.name not in _ONE_TO_ONE
                or not 0 < len(entries) == stream.frames
                or any(entry.is_discard for entry in entries)
                or max(entry.pos + entry.size for entry in entries) > path.stat().st_size
            ):
                return None
            first: list[tuple[int | None, bool]] = []
            for packet in container.demux(stream):
                if not packet.size or (first and packet.is_keyframe):
                    break
                first.append((packet.pts, packet.is_keyframe))
            return len(entries) if first and _index(first, True) else None
    except (av.FFmpegError, ValueError) as error:
        raise damaged(path, str(error)) from error


def _index(packets: list[tuple[int | None, bool]], closed: bool) -> VideoIndex | None:
    """``packets`` are times and key marks, in the order of decoding."""
    if len({time for time, _ in packets}) < len(packets) or any(t is None for t, _ in packets):
        return None
    times, keys = (np.array(column) for column in zip(*packets, strict=True))
    order = np.argsort(times)
    if not keys[0] or order[0] != 0:
        return None  # frames before the first key frame may decode or not
    begun = np.maximum.accumulate(np.where(keys, times, times.min()))
    shown, key = times[order].astype(np.int64), keys[order].astype(bool)
    return VideoIndex(shown, key, closed and bool((times >= begun).all()))


def _is_one_picture(codec: str, packet: Any) -> bool:
    """Whether a packet gives one frame. XviD packs two into one and leaves an empty one behind;
    VP8 has frames that are never shown."""
    if codec in _ONE_TO_ONE:
        return True
    if codec == "mpeg4":
        return packet.size > 8 and bytes(packet).count(_VOP) == 1
    if codec in ("vp8", "libvpx"):
        return bool(bytes(packet)[0] & 0x10)
    return False


def require_whole(path: Path) -> None:
    """Raises MissingFrame where there is no file, DatasetError where it was cut off."""
    try:
        cause = cut_short(path)
    except FileNotFoundError:
        raise MissingFrame(
            f"Expected a video at {path}, found no such file. Restore it or copy the data set "
            "again; `uda check-data` lists every missing or damaged file."
        ) from None
    except OSError as error:
        raise DatasetError(
            f"Expected a video at {path}, but it cannot be read ({error.strerror or error}). "
            "Restore it or copy the data set again."
        ) from error
    if cause:
        raise damaged(path, cause)


def video_stream(container: Any, path: Path) -> Any:
    """The first video stream that is no cover picture. DatasetError: there is none to decode."""
    streams = [s for s in container.streams.video if not _is_cover(s)]
    if not streams:
        raise damaged(path, "it has no video stream")
    context = streams[0].codec_context
    if context is None or context.pix_fmt is None:
        raise damaged(path, "its codec or pixel format is unknown")
    return streams[0]


def _is_cover(stream: Any) -> bool:
    disposition = getattr(stream, "disposition", None)
    return disposition is not None and bool(disposition & type(disposition).attached_pic)


def damaged(path: Path, cause: str) -> DatasetError:
    return DatasetError(
        f"Expected a complete video in {path}, found {path.stat().st_size} bytes that do not "
        f"decode ({cause}). Restore the file or copy the data set again; `uda check-data` lists "
        "every missing or damaged file."
    )
