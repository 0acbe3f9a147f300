"""One shot, from the renderer's light to images and labels in a folder of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from vidsynth.cameras.filters import worth_keeping
from vidsynth.cameras.photometry import CLEAR, LUMA, develop, encode_jpeg, noise_stream, sharpness
from vidsynth.cameras.video_stream import through_h264
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import Contents, CropId, ShotRoom, TrackletId
from vidsynth.labels import CROPS, crop_record, write_table
from vidsynth.plan import Plan, Track
from vidsynth.shot import RenderedCrop, Shot
from vidsynth.sky.air import draw_air


class Renderer(Protocol):
    """Made with (quality, device, boxes); yields crops in order of frame, camera, walker."""

    def render(self, shot: Shot) -> Iterator[RenderedCrop]: ...


def shoot(
    plan: Plan, index: int, renderer: Renderer, room: Path, on_crop: Callable[[], None]
) -> dict[str, Any]:
    """Renders shot ``index`` into ``room``, laid out as the data set is, and returns its marker.

    ``on_crop`` is called for every crop rendered. Crops the filters drop are not written, nor are
    tracklets left with fewer than ``boxes.min_frames`` crops.
    """
    shot = plan.shot(index)
    tracks = plan.tracks(index)
    cameras = {camera.camera_id: camera for camera in shot.cameras}
    air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
    writer = FORMATS[plan.config.output.format]()
    digits = plan.network.digits
    writer.begin(ShotRoom(room, index, shot.fps, plan.config.output.crf, digits))
    photographed = {camera_id for camera_id, _ in shot.backdrops}
    rows: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for crop in renderer.render(shot):
        on_crop()
        camera, track = cameras[crop.camera_id], tracks[crop.walker]
        if not worth_keeping(crop, camera, plan.config.boxes):
            continue
        between = CLEAR if crop.camera_id in photographed else air
        pixels = develop(
            crop, camera, noise_stream(shot, crop), between, shot.seed, crop.frame / shot.fps
        )
        tracklet = TrackletId(track.label_id, crop.camera_id, track.number)
        video = camera.photometry.codec == "h264"
        quality = (100, 0) if video else (camera.photometry.jpeg_quality, 2)
        jpeg = encode_jpeg(pixels, *quality)
        names = {
            "tracklet": tracklet.name(digits),
            "file": writer.add(CropId(tracklet, track.split, crop.frame), jpeg),
            "person_id": track.person_id,
            "shot": index,
            "time": round(shot.time + crop.frame / shot.fps, 6),
        }
        rows[crop.walker, crop.camera_id].append(
            crop_record(crop, camera, names, between, _measure(pixels))
        )
    for key, records in list(rows.items()):
        if len(records) < plan.config.boxes.min_frames:
            del rows[key]
    for records in rows.values():
        if records[0]["codec"] == "h264":
            _stream(room, records, shot.fps)
        for position, record in enumerate(records):
            record["position"] = position
    crops = [records for _, records in sorted(rows.items())]
    tracklets = [
        _tracklet(shot, walker, tracks[walker], records)
        for (walker, _), records in sorted(rows.items())
    ]
    files = writer.finish(Contents(tracklets, crops))
    table = f"crops/{index:06d}.parquet"
    (room / table).parent.mkdir(parents=True, exist_ok=True)
    kept = [record for records in crops for record in records]
    write_table(room / table, kept, CROPS)
    return {"crops": len(kept), "tracklets": tracklets, "files": [table, *files]}


def _tracklet(
    shot: Shot, walker: int, track: Track, records: list[dict[str, Any]]
) -> dict[str, Any]:
    backdrop = dict(shot.backdrops).get(records[0]["camera_id"])
    scene = {
        "site": shot.site,
        "indoor": shot.place.indoor,
        "weather": "indoor" if shot.place.indoor else shot.weather,
        "hour": "indoor" if shot.place.indoor else shot.hour,
        "sky": shot.sky_name,
    }
    if backdrop is not None:
        scene = dict.fromkeys(scene, "picture") | {"indoor": None}
    return {
        "tracklet": records[0]["tracklet"],
        "person_id": track.person_id,
        "label_id": track.label_id,
        "split": track.split,
        "outfit_id": track.outfit_id,
        "clothes_id": track.clothes_id,
        "camera_id": records[0]["camera_id"],
        "shot": shot.index,
        **scene,
        "motion": shot.walkers[walker].manner,
        "background": "" if backdrop is None else backdrop.path.name,
        "start_time": records[0]["time"],
        "fps": shot.fps,
        "frames": [record["frame"] for record in records],
    }


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
        record.update(_measure(pixels))


def _measure(pixels: np.ndarray) -> dict[str, float]:
    return {"brightness": float((pixels @ LUMA).mean()), "sharpness": sharpness(pixels)}
