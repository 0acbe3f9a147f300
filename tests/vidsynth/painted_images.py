"""Stands in for Blender: a person as a flat silhouette, fast and deterministic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vidsynth.cameras.boxes import box_stream, crop_box, truncation
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedCrop
from vidsynth.planning.placing import look_at
from vidsynth.planning.take import ImageShot, RenderedImage


class PaintedImages:
    """Paints the person's box in the colour of the upper garment."""

    def __init__(
        self, quality: str, device: str, boxes: BoxConfig, cutouts: Path | None = None
    ) -> None:
        self.boxes = boxes

    def render(self, batch: ImageShot) -> Iterator[RenderedImage]:
        walker = batch.shot.walkers[0]
        stature = walker.person.body.stature
        for frame, (take, moment) in enumerate(zip(batch.takes, walker.keyframes, strict=True)):
            corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)])
            body = corners * (0.25, 0.25, stature) + (moment.x, moment.y, 0.0)
            middle = body.mean(0)
            camera = look_at(take.view, body, middle, take.camera_id, batch.shot.site, take.look)
            pixels, depth = camera.project(body)
            (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
            found = (float(left), float(top), float(right), float(bottom))
            rng = box_stream(batch.shot.seed, take.camera_id, 0, frame)
            box = crop_box(found, camera, self.boxes, rng)
            if box is None:
                continue
            size = (box[3] - box[1], box[2] - box[0])
            index = np.zeros(size, np.int16)
            index[2:-2, 2:-2] = 1
            light = np.full((*size, 3), 0.18, np.float32)
            light[index > 0] = np.square(walker.person.upper.colour)
            joints = np.tile(middle, (17, 1))
            yield RenderedImage(
                RenderedCrop(
                    0, take.camera_id, frame, light, index, np.full(size, depth[0], np.float32),
                    box, found, 1.0, truncation(found, camera), joints,
                    camera.project(joints)[0], take.view.azimuth, take.view.depression,
                    take.view.distance,
                ),
                camera,
            )  # fmt: skip
