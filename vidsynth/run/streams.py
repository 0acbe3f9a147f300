"""Stored pictures put through their cameras' video streams: what was written is decoded again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from vidsynth.develop.codec import frames_through_h264, through_h264
from vidsynth.develop.photometry import encode_jpeg
from vidsynth.formats.writer import Record
from vidsynth.labels.sighting import measure


def stream_crops(room: Path, crops: list[Record], fps: float) -> None:
    """A tracklet's images as they come out of the camera's stream, in place.

    ``crops`` are rows of CROPS in time order; what they say of pixels is measured again.
    """
    pixels = [_pixels(room / crop["file"]) for crop in crops]
    boxes = [crop["box"] for crop in crops]
    for crop, shown in zip(crops, through_h264(pixels, boxes, crops[0]["crf"], fps), strict=True):
        (room / crop["file"]).write_bytes(encode_jpeg(shown, crop["jpeg_quality"]))
        crop.update(measure(shown))


def stream_frames(
    room: Path, views: list[Record], people: Iterable[Record], crf: int, quality: int, fps: float
) -> None:
    """A camera's whole frames as they come out of its stream, in place and one at a time.

    ``views`` are rows of VIEWS in time order; what the rows of ``people`` in them say of pixels is
    measured again. ``quality`` is that of the JPEG files.
    """
    shown_in: dict[str, list[Record]] = defaultdict(list)
    for person in people:
        shown_in[person["file"]].append(person)
    paths = [room / view["file"] for view in views]
    video = room / f"stream-{views[0]['camera_id']}.mkv"
    shown = frames_through_h264(map(_pixels, paths), video, crf, fps)
    for view, path, pixels in zip(views, paths, shown, strict=True):
        path.write_bytes(encode_jpeg(pixels, quality))
        for person in shown_in[view["file"]]:
            x0, y0, x1, y1 = person["box"]
            person.update(measure(pixels[y0:y1, x0:x1]))
    video.unlink()


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
