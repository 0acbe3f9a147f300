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
from vidsynth.config import OutputConfig
from vidsynth.labels import CROPS, crop_record, write_table
from vidsynth.plan import Plan, Track
from vidsynth.shot import RenderedCrop, Shot
from vidsynth.sky.air import draw_air
from vidsynth.writers import mars, mp4, webdataset


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
        name = mars.tracklet_name(track.label_id, crop.camera_id, track.number, plan.network.digits)
        file = f"{mars.folder(name, track.split != 'train')}/{mars.image_name(name, crop.frame)}"
        path = room / file
        path.parent.mkdir(parents=True, exist_ok=True)
        video = camera.photometry.codec == "h264"
        quality = (100, 0) if video else (camera.photometry.jpeg_quality, 2)
        path.write_bytes(encode_jpeg(pixels, *quality))
        names = {
            "tracklet": name,
            "file": file,
            "person_id": track.person_id,
            "shot": index,
            "time": round(shot.time + crop.frame / shot.fps, 6),
        }
        rows[crop.walker, crop.camera_id].append(
            crop_record(crop, camera, names, between, _measure(pixels))
        )
    for key, records in list(rows.items()):
        if len(records) < plan.config.boxes.min_frames:
            for record in rows.pop(key):
                (room / record["file"]).unlink()
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
    files = _lay_out(room, plan.config.output, shot, tracklets, crops)
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


def _lay_out(
    room: Path,
    output: OutputConfig,
    shot: Shot,
    tracklets: list[dict[str, Any]],
    crops: list[list[dict[str, Any]]],
) -> list[str]:
    """Puts the images in ``room`` into videos or shards if asked to; returns the files there are.

    Sets each tracklet's ``path`` and, in its crops' records, where the crop is.
    """
    if output.format == "mp4":
        files = mp4.pack(room, crops, shot.fps, output.crf)
    elif output.format == "webdataset":
        files = webdataset.pack(room, shot.index, tracklets, crops)
    else:
        files = [record["file"] for records in crops for record in records]
    for tracklet, records in zip(tracklets, crops, strict=True):
        file = records[0]["file"]
        tracklet["path"] = Path(file).parent.as_posix() if output.format == "mars" else file
    return files


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
