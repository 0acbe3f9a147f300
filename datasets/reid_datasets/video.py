"""Frames of video files, by number. decord decodes, PyAV where decord is missing or fails.

Both give the same frame for the same number, to the bit on the H.264 videos tried. PyAV alone reads
videos with open groups of pictures, where decord gives wrong frames, and in a process that was
forked from one that has used decord, where decord may hang. Set ``REID_VIDEO_BACKEND`` to
``decord`` or ``pyav`` to prefer one.
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

        from reid_datasets.video_files import open_video

        span = range(self.start, self.stop)
        video = open_video(self.path)
        numbers = [span[index] for index in indices]
        absent = next((number for number in numbers if number >= video.frames), None)
        if absent is not None:
            raise DatasetError(
                f"Expected frame {absent} in {self.path} (of frames {self.start} to "
                f"{self.stop - 1}), found a video of {video.frames}. Correct the list, or restore "
                "the file if it was cut."
            )
        pixels = video.read(numbers)
        return [torch.from_numpy(frame).permute(2, 0, 1) for frame in pixels]


def frame_count(path: Path) -> int:
    """How many frames a video file has. Reads the whole file, decodes nothing. DatasetError."""
    from reid_datasets.video_index import read_index

    return len(read_index(path))
