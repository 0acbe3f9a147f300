"""A target's crops, read one tracklet at a time through the unlabelled view of a benchmark.

Whatever layout `reid_datasets` reads can be a target, a folder of one's own and spans of videos
among them; ``images`` is a folder whose every picture is a person. No identity gets this far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import numpy as np

if TYPE_CHECKING:
    from reid_datasets.frames import Frames

Part = Literal["train", "test", "all"]


@dataclass(frozen=True, slots=True)
class Crop:
    """A picture of a person: ``pixels`` uint8 ``(H, W, 3)`` RGB.

    ``size`` is (width, height) of the file's picture. ``tables`` is the JPEG table of luma's
    quantisation, int ``(8, 8)`` with the lowest frequency first (not in zigzag order); None for
    what is no JPEG file.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    tables: np.ndarray | None = None

    @classmethod
    def of(cls, pixels: np.ndarray) -> Crop:
        """A crop that comes from no file."""
        return cls(pixels, (pixels.shape[1], pixels.shape[0]))


@dataclass(frozen=True, slots=True)
class LazyCrops(Sequence[Crop]):
    """Crops of one tracklet, read when asked for and not kept.

    ``indices`` are the frames' places among all ``frames`` of the tracklet.
    """

    frames: Frames
    indices: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> Crop: ...

    @overload
    def __getitem__(self, index: slice) -> LazyCrops: ...

    def __getitem__(self, index: int | slice) -> Crop | LazyCrops:
        if isinstance(index, slice):
            return LazyCrops(self.frames, self.indices[index])
        return read_crops(self.frames, [self.indices[index]])[0]

    def __iter__(self) -> Iterator[Crop]:
        return iter(read_crops(self.frames, self.indices))


@dataclass(frozen=True, slots=True)
class TargetTracklet:
    """A person seen by a camera for a stretch of time; nobody knows who.

    ``camera`` is the camera's name, empty where a layout has no cameras. ``length`` counts all its
    frames, of which ``crops`` are some. ``numbers`` are the crops' frames as counted by the
    camera, and ``fps`` its frames per second, where known. ``boxes`` are x0, y0, x1, y1 of the
    crops in the frame, in pixels ``(N, 4)``, and ``frame_size`` its (width, height), where known.
    """

    camera: str
    crops: Sequence[Crop]
    length: int
    numbers: tuple[int, ...] | None = None
    fps: float | None = None
    boxes: np.ndarray | None = None
    frame_size: tuple[int, int] | None = None


def read_target(
    root: Path, layout: str, frames: int | None = 8, part: Part = "train"
) -> Iterator[TargetTracklet]:
    """The tracklets of a target, one after another.

    Args:
        root: where it lies.
        layout: a benchmark of `reid_datasets` by name, `folder`, or `images`.
        frames: at most so many crops of each tracklet, evenly spread over it; None for all.
        part: the training part, which adaptation sees; the test part; or both.

    Raises TargetError where the data is not what the layout says.
    """
    raise NotImplementedError


def read_crops(frames: Frames, indices: Sequence[int]) -> list[Crop]:
    """The frames with these places, in this order. Raises TargetError for a damaged one."""
    raise NotImplementedError
