"""Where a tracklet's pixels come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload, runtime_checkable

from reid_datasets.errors import printable

if TYPE_CHECKING:
    import torch


@runtime_checkable
class Frames(Protocol):
    """The frames of one tracklet in time order: image files, a span of a video, part of a shard.

    Implementations are small, immutable and hashable, and open nothing before `read`: a benchmark
    has tens of thousands of them, and DataLoader workers receive copies.
    """

    def __len__(self) -> int: ...

    def name(self, index: int) -> str:
        """What people call a frame: its file, or the video file and the frame's number in it."""
        ...

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        """RGB frames, uint8 ``(3, H, W)`` each, in the order asked for.

        ``at_least`` (height, width) lets a decoder return smaller frames, but no smaller than
        that. Raises DatasetError naming the first frame that is missing or damaged.
        """
        ...


@dataclass(frozen=True, slots=True)
class ImageFiles(Sequence[Path]):
    """Image files under one directory. Paths are made when asked for.

    MARS names 1.17 million files: as paths they take 4 s and 290 MB more than as names.
    """

    directory: Path
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> ImageFiles: ...

    def __getitem__(self, index: int | slice) -> Path | ImageFiles:
        if isinstance(index, slice):
            return ImageFiles(self.directory, self.names[index])
        return self.directory / self.names[index]

    def name(self, index: int) -> str:
        return str(self[index])

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        from reid_datasets.pictures import read_image  # torch takes seconds to import

        return [read_image(self[index], at_least) for index in indices]


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames ``start`` to ``stop`` - 1 of other frames. A `Frames`."""

    frames: Frames
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def name(self, index: int) -> str:
        return self.frames.name(self.start + index)

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        return self.frames.read([self.start + index for index in indices], at_least)


def first_file(frames: Frames) -> str:
    """The name of the first frame, whatever is done to its pixels (`benchmarks.gamma`)."""
    return re.sub(r" \(gamma [0-9.]+\)\Z", "", frames.name(0))


def first_frame(frames: Frames, root: Path) -> str:
    """What a table of tracklets calls one: its first frame, by its path within the data at
    ``root``."""
    first = Path(frames.name(0))
    inside = first.relative_to(root) if first.is_relative_to(root) else first
    return printable(inside.as_posix())
