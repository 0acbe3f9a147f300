"""One H.264 video per tracklet, ``bbox_train/0001/0001C1T0001.mp4``.

A video has one frame size, the median of its crops', rounded to even numbers as H.264 wants them;
other crops are scaled to it. Frames follow each other without gaps: what a filter dropped is
missing from the video as it is from a folder of images.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from vidsynth.develop import h264
from vidsynth.formats.mars import crop_file
from vidsynth.formats.writer import Contents, CropId, Writer

KEY_FRAME_EVERY = 32
"""Frames. Reading a frame decodes from the key frame before it."""


class Mp4(Writer):
    """A video per tracklet. Tables say where each is: there are no lists."""

    def place(self, picture: CropId) -> str:
        return crop_file(picture, self._room.digits)

    def finish(self, contents: Contents) -> list[str]:
        files = pack(self._room.path, contents.crops, self._room.fps, self._room.crf)
        for tracklet, file in zip(contents.tracklets, files, strict=True):
            tracklet["path"] = file
        return files


def pack(room: Path, tracklets: list[list[dict[str, Any]]], fps: float, crf: int) -> list[str]:
    """Replaces the images of each tracklet in ``room`` by a video and returns the videos' names.

    ``tracklets`` are their crops' records in time order, whose ``file`` and ``position`` change.
    """
    return [_pack(room, records, fps, crf) for records in tracklets]


def read_frame(path: Path, position: int) -> Image.Image:
    """Frame ``position`` of a video. Raises OSError where there is none, or no video."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == position:
                return frame.to_image()
    raise OSError(f"it ends before frame {position}")


def encode(path: Path, images: Sequence[Path], size: tuple[int, int], fps: float, crf: int) -> None:
    """Writes a video of image files, each scaled to ``size`` (width, height), both even; deletes
    the images."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=h264.MUXING) as container:
        # No B-frames: frames in the order they are shown, so that readers need no index.
        stream = h264.add_stream(container, fps, crf, g=str(KEY_FRAME_EVERY), bf="0")
        stream.width, stream.height = size
        for image in images:
            with Image.open(image) as picture:
                fitted = picture.resize(size, Image.Resampling.BICUBIC)
            container.mux(stream.encode(av.VideoFrame.from_image(fitted)))
        container.mux(stream.encode(None))
    for image in images:
        image.unlink()


def _pack(room: Path, records: list[dict[str, Any]], fps: float, crf: int) -> str:
    sizes = [(r["box"][2] - r["box"][0], r["box"][3] - r["box"][1]) for r in records]
    width, height = (max(2, round(float(side) / 2) * 2) for side in np.median(sizes, axis=0))
    name = f"{Path(records[0]['file']).parent.as_posix()}/{records[0]['tracklet']}.mp4"
    images = [room / record["file"] for record in records]
    encode(room / name, images, (width, height), fps, crf)
    for position, record in enumerate(records):
        record.update(file=name, position=position)
    return name
