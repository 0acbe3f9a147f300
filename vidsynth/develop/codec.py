"""A camera that delivers a compressed video stream instead of stills: H.264 and its artefacts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import av
import numpy as np

from vidsynth.develop import h264

_PRESET = "veryfast"
"""What cameras' own encoders can afford."""


def through_h264(
    crops: Sequence[np.ndarray], boxes: Sequence[Sequence[int]], crf: int, fps: float
) -> list[np.ndarray]:
    """The crops (H, W, 3) uint8 of one tracklet as a viewer of the camera's stream sees them.

    Each is put where its box (x0, y0, x1, y1) lies in the frame, over what was seen there before,
    so that the encoder predicts still ground from the last frame and moving people along their
    way; the frames' common part is encoded, decoded, and cut out again.
    """
    edges = np.array(boxes)
    left, top = edges[:, :2].min(0)
    right, bottom = edges[:, 2:].max(0)
    width, height = (int(side + side % 2) for side in (right - left, bottom - top))
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = np.mean(crops[0], axis=(0, 1))
    frames = []
    for crop, (x0, y0, x1, y1) in zip(crops, edges, strict=True):
        canvas[y0 - top : y1 - top, x0 - left : x1 - left] = crop
        frames.append(canvas.copy())
    decoded = _decode(_encode(frames, crf, fps))
    return [
        np.ascontiguousarray(frame[y0 - top : y1 - top, x0 - left : x1 - left])
        for frame, (x0, y0, x1, y1) in zip(decoded, edges, strict=True)
    ]


def frames_through_h264(
    frames: Iterable[np.ndarray], video: Path, crf: int, fps: float
) -> Iterator[np.ndarray]:
    """Whole frames (H, W, 3) uint8 of one camera as a viewer of its stream sees them, in order.

    The stream is written to ``video``, so that no more than a few frames are in memory.
    """
    sizes: list[tuple[int, int]] = []

    def even() -> Iterator[np.ndarray]:
        for frame in frames:
            height, width = frame.shape[:2]
            sizes.append((height, width))
            yield np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")

    _write(even(), str(video), crf, fps)
    with av.open(str(video), "r") as container:
        for (height, width), frame in zip(sizes, container.decode(video=0), strict=True):
            yield np.ascontiguousarray(frame.to_ndarray(format="rgb24")[:height, :width])


def _encode(frames: Sequence[np.ndarray], crf: int, fps: float) -> bytes:
    buffer = io.BytesIO()
    _write(frames, buffer, crf, fps)
    return buffer.getvalue()


def _write(frames: Iterable[np.ndarray], target: io.BytesIO | str, crf: int, fps: float) -> None:
    with av.open(target, "w", format="matroska", options=h264.MUXING) as container:
        stream = h264.add_stream(container, fps, crf, preset=_PRESET)
        for number, frame in enumerate(frames):
            if number == 0:
                stream.height, stream.width = frame.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


def _decode(video: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(video), "r") as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
