"""A target's crops, read one tracklet at a time; no identity gets this far.

`layouts` says where they come from, `boxes` cuts them out of videos.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np
from PIL import Image

from vidsynth.errors import TargetError

if TYPE_CHECKING:
    from reid_datasets.frames import Frames

_AT_ONCE = 8
"""Frames read together: whole frames of a video are large."""


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
        for start in range(0, len(self.indices), _AT_ONCE):
            yield from read_crops(self.frames, self.indices[start : start + _AT_ONCE])


@dataclass(frozen=True, slots=True)
class TargetTracklet:
    """A person seen by a camera for a stretch of time; nobody knows who.

    ``camera`` is the camera's name, empty where a layout has no cameras. ``length`` counts all its
    frames, of which ``crops`` are some. ``numbers`` are the crops' frames as counted by the
    camera, and ``fps`` its frames per second, where known. ``boxes`` are x0, y0, x1, y1 of the
    crops in the frame, in pixels ``(N, 4)``, and ``frame_size`` its (width, height), where known;
    ``hidden`` ``(N,)`` the shares of boxes that those of nearer people cover, of the same video.
    ``gop`` are frames from one picture that the video codes whole to the next; infinite for one.
    """

    camera: str
    crops: Sequence[Crop]
    length: int
    numbers: tuple[int, ...] | None = None
    fps: float | None = None
    boxes: np.ndarray | None = None
    frame_size: tuple[int, int] | None = None
    hidden: np.ndarray | None = None
    gop: float | None = None


def first_frames(tracklets: Sequence[TargetTracklet], root: Path) -> list[str]:
    """What tables call the tracklets of the data at ``root``: each by its first frame."""
    from reid_datasets.frames import first_frame

    found = []
    for tracklet in tracklets:
        assert isinstance(tracklet.crops, LazyCrops)
        found.append(first_frame(tracklet.crops.frames, root))
    return found


def evenly(length: int, most: int | None) -> tuple[int, ...]:
    """Places of at most ``most`` of ``length`` frames: the middles of as many equal stretches."""
    count = length if most is None else min(length, most)
    return tuple((2 * place + 1) * length // (2 * count) for place in range(count))


def read_crops(frames: Frames, indices: Sequence[int]) -> list[Crop]:
    """The frames with these places, in this order. Raises TargetError for a damaged one."""
    from reid_datasets.errors import DatasetError
    from reid_datasets.frames import FrameRange, ImageFiles

    while isinstance(frames, FrameRange):
        indices = [frames.start + index for index in indices]
        frames = frames.frames
    try:
        if isinstance(frames, ImageFiles):
            return [_of_file(frames[index]) for index in indices]
        found = frames.read(indices)
    except DatasetError as error:
        raise TargetError(str(error)) from error
    return [Crop.of(np.ascontiguousarray(frame.permute(1, 2, 0).numpy())) for frame in found]


def _of_file(path: Path) -> Crop:
    from reid_datasets.pictures import decode_image, read_image

    from strict_reading import jpeg

    try:
        data = path.read_bytes()
    except OSError:
        read_image(path)  # says what is missing
        raise
    pixels = decode_image(data, str(path)).permute(1, 2, 0).numpy()
    crop = Crop.of(np.ascontiguousarray(pixels))
    if not data.startswith(jpeg.START):
        return crop
    with Image.open(io.BytesIO(data)) as image:
        table = getattr(image, "quantization", {}).get(0)
    # Pillow undoes the zigzag since version 8.3.
    return crop if table is None else Crop(crop.pixels, crop.size, np.reshape(table, (8, 8)))
