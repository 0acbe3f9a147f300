"""Frames of video files, by number: frame n is the n-th that comes out of a plain decode.

PyAV decodes short MP4 and MOV files of up to 64 small frames once, from the beginning on, and keeps
them. Of others, decord decodes MP4, MOV, Matroska and WebM files with closed groups of pictures, 8
bits, progressive and upright: what it was measured to give exactly as PyAV does, to the bit. PyAV
decodes all else, and everything in a process that was forked from one that has used decord, where
decord may hang. Other containers (AVI, MPEG, TS, WMV, FLV) have no exact random access: PyAV
decodes them from the beginning, which is slow for long files. Pictures are turned upright as the
header says. Set ``REID_VIDEO_BACKEND`` to ``decord`` or ``pyav`` to prefer one where both are
exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reid_datasets.errors import DatasetError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class VideoSpan:
    """Frames ``start`` to ``stop`` - 1 of a video file, counted from 0 in the order they are shown.

    A `Frames`. Nothing is opened before `read`; open files are kept, a few in each process.
    """

    path: Path
    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise DatasetError(
                f"Expected frames from 0 on, at least one, of {self.path}; found {self.start} to "
                f"{self.stop - 1}. Correct the list that says so."
            )

    def __len__(self) -> int:
        return self.stop - self.start

    def name(self, index: int) -> str:
        return f"{self.path} frame {range(self.start, self.stop)[index]}"

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        """RGB frames at the video's own size, uint8 ``(3, H, W)``; ``at_least`` changes nothing.

        Raises DatasetError where the file is missing, damaged or shorter than the span.
        """
        import torch  # takes seconds to import

        from reid_datasets.video_files import Ended, open_video

        span = range(self.start, self.stop)
        try:
            pixels = open_video(self.path).read([span[index] for index in indices])
        except Ended as error:
            raise DatasetError(
                f"Expected frame {error.asked} in {self.path} (of frames {self.start} to "
                f"{self.stop - 1}), found a video of {error.frames}. Correct the list, or restore "
                "the file if it was cut."
            ) from None
        return [torch.from_numpy(frame).permute(2, 0, 1) for frame in pixels]


def frame_count(path: Path) -> int:
    """How many frames a video file has. DatasetError: it is damaged.

    An MP4 or MOV file has a table of them, a Matroska or WebM file is read whole; others are
    decoded.
    """
    from reid_datasets.video_files import count_frames

    return count_frames(path)
