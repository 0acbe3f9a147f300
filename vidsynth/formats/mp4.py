"""One H.264 video per tracklet, ``bbox_train/0001/0001C1T0001.mp4``.

A video has one frame size, the median of its crops', rounded to even numbers as H.264 wants them;
other crops are scaled to it. Frames follow each other without gaps: what a filter dropped is
missing from the video as it is from a folder of images.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from vidsynth import h264
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
    return [_encode(room, records, fps, crf) for records in tracklets]


def read_frame(path: Path, position: int) -> Image.Image:
    """Frame ``position`` of a video. Raises OSError where there is none, or no video."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == position:
                return frame.to_image()
    raise OSError(f"it ends before frame {position}")


def _encode(room: Path, records: list[dict[str, Any]], fps: float, crf: int) -> str:
    images = [room / record["file"] for record in records]
    sizes = [(r["box"][2] - r["box"][0], r["box"][3] - r["box"][1]) for r in records]
    width, height = (max(2, round(float(side) / 2) * 2) for side in np.median(sizes, axis=0))
    name = f"{Path(records[0]['file']).parent.as_posix()}/{records[0]['tracklet']}.mp4"
    with av.open(str(room / name), "w", options=h264.MUXING) as container:
        # No B-frames: frames in the order they are shown, so that readers need no index.
        stream = h264.add_stream(container, fps, crf, g=str(KEY_FRAME_EVERY), bf="0")
        stream.width, stream.height = width, height
        for position, (image, record) in enumerate(zip(images, records, strict=True)):
            with Image.open(image) as crop:
                fitted = crop.resize((width, height), Image.Resampling.BICUBIC)
            container.mux(stream.encode(av.VideoFrame.from_image(fitted)))
            record.update(file=name, position=position)
        container.mux(stream.encode(None))
    for image in images:
        image.unlink()
    return name
