"""One shot's crops, from the renderer's light to images in the room and their records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vidsynth.develop.codec import through_h264
from vidsynth.develop.photometry import develop, encode_jpeg, noise_stream
from vidsynth.develop.picture import RenderedCrop
from vidsynth.formats.writer import Contents, CropId
from vidsynth.labels.filters import worth_keeping
from vidsynth.labels.tables import crop_record
from vidsynth.run.shooting import Shooting, measure


def film_crops(
    shooting: Shooting, crops: Iterator[RenderedCrop], on_crop: Callable[[], None]
) -> Contents:
    """Develops and stores the crops that are worth keeping.

    ``on_crop`` is called for every crop rendered. Tracklets left with fewer than
    ``boxes.min_frames`` crops are dropped.
    """
    shot, boxes = shooting.shot, shooting.plan.config.boxes
    rows: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for crop in crops:
        on_crop()
        camera, air = shooting.cameras[crop.camera_id], shooting.air(crop.camera_id)
        if not worth_keeping(crop, camera, boxes):
            continue
        noise = noise_stream(shot.seed, crop)
        pixels = develop(crop, camera, noise, air, shot.seed, crop.frame / shot.fps)
        video = camera.photometry.codec == "h264"
        quality = (100, 0) if video else (camera.photometry.jpeg_quality, 2)
        split = shooting.tracks[crop.walker].split
        name = CropId(shooting.tracklet(crop), split, crop.frame)
        file = shooting.writer.add(name, encode_jpeg(pixels, *quality))
        rows[crop.walker, crop.camera_id].append(
            crop_record(crop, camera, shooting.names(crop, file), air, measure(pixels))
        )
    kept = {key: r for key, r in sorted(rows.items()) if len(r) >= boxes.min_frames}
    for records in kept.values():
        if records[0]["codec"] == "h264":
            _stream(shooting.room, records, shot.fps)
        for position, record in enumerate(records):
            record["position"] = position
    return Contents(
        [shooting.tracklet_row(walker, records) for (walker, _), records in kept.items()],
        list(kept.values()),
    )


def _stream(room: Path, records: list[dict[str, Any]], fps: float) -> None:
    """A tracklet's images as they come out of the camera's video stream, in place."""
    crops = []
    for record in records:
        with Image.open(room / record["file"]) as image:
            crops.append(np.asarray(image.convert("RGB")))
    boxes = [record["box"] for record in records]
    for record, pixels in zip(
        records, through_h264(crops, boxes, records[0]["crf"], fps), strict=True
    ):
        (room / record["file"]).write_bytes(encode_jpeg(pixels, record["jpeg_quality"]))
        record.update(measure(pixels))
