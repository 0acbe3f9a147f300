"""How a person is cut out of a frame: the box a loose detector would draw."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.config import BoxConfig
from vidsynth.seeds import Purpose, stream

Box = tuple[float, float, float, float]


def crop_box(
    body_box: Box,
    camera: Camera,
    boxes: BoxConfig,
    rng: np.random.Generator,
    aspect: float | None = None,
) -> tuple[int, int, int, int] | None:
    """The box to render for ``body_box`` (x0, y0, x1, y1, pixels), widened, jittered and clipped;
    ``aspect`` times as wide as high, where that is given.

    None where the filters would drop the crop whatever the pixels show, so that nobody renders it,
    and where the person is out of the frame, however much ``max_truncation`` allows.
    """
    box = loose_box(body_box, camera, boxes, rng, aspect)
    left, top, right, bottom = clip(body_box, camera)
    if left >= right or bottom - top < boxes.min_height:
        return None
    if truncation(body_box, camera) > boxes.max_truncation:
        return None
    return box


def loose_box(
    body_box: Box,
    camera: Camera,
    boxes: BoxConfig,
    rng: np.random.Generator,
    aspect: float | None = None,
) -> tuple[int, int, int, int]:
    """The same for everybody, whatever the filters say; its sides cross outside the frame."""
    x0, y0, x1, y1 = body_box
    slack = max(0.0, boxes.min_width * (y1 - y0) - (x1 - x0)) / 2
    x0, x1 = x0 - slack, x1 + slack
    growth = rng.uniform(0.0, boxes.jitter, 4) * (x1 - x0, y1 - y0, x1 - x0, y1 - y0)
    grown = (x0 - growth[0], y0 - growth[1], x1 + growth[2], y1 + growth[3])
    if aspect is not None:
        middle, wide = (grown[0] + grown[2]) / 2, aspect * (grown[3] - grown[1])
        grown = (middle - wide / 2, grown[1], middle + wide / 2, grown[3])
    left, top, right, bottom = clip(grown, camera)
    return int(np.floor(left)), int(np.floor(top)), int(np.ceil(right)), int(np.ceil(bottom))


def box_stream(seed: int, camera_id: int, walker: int, frame: int) -> np.random.Generator:
    """Random numbers for one box: the same in whatever order boxes are drawn."""
    return stream(seed, Purpose.BOX, camera_id, walker, frame)


def truncation(body_box: Box, camera: Camera) -> float:
    """Share of the box outside the frame."""
    x0, y0, x1, y1 = body_box
    left, top, right, bottom = clip(body_box, camera)
    inside = max(0.0, right - left) * max(0.0, bottom - top)
    return float(1.0 - inside / max((x1 - x0) * (y1 - y0), 1e-9))


def clip(box: Box, camera: Camera) -> Box:
    """The part of the box in the frame; its sides cross where there is none."""
    x0, y0, x1, y1 = box
    return max(x0, 0.0), max(y0, 0.0), min(x1, float(camera.width)), min(y1, float(camera.height))
