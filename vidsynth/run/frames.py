"""One shot's whole frames, from the renderer's light to pictures in the room and their records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vidsynth.develop.codec import frames_through_h264
from vidsynth.develop.photometry import develop, encode_jpeg, frame_noise_stream
from vidsynth.develop.picture import RenderedFrame
from vidsynth.formats.writer import Contents, FrameId
from vidsynth.labels.filters import worth_keeping
from vidsynth.labels.masks import encode_mask
from vidsynth.labels.tables import crop_record
from vidsynth.run.shooting import Shooting, measure


def film_frames(
    shooting: Shooting, frames: Iterator[RenderedFrame], on_frame: Callable[[], None]
) -> Contents:
    """Develops and stores every frame, one at a time.

    ``on_frame`` is called for each. People whom the box rules drop, and those of tracklets left
    with fewer than ``boxes.min_frames`` sightings, get records that say ``ignored``.
    """
    shot, boxes = shooting.shot, shooting.plan.config.boxes
    split = "train" if shooting.tracks[0].split == "train" else "test"
    views: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for frame in frames:
        on_frame()
        camera, air = shooting.cameras[frame.camera_id], shooting.air(frame.camera_id)
        noise = frame_noise_stream(shot.seed, frame)
        pixels = develop(frame, camera, noise, air, shot.seed, frame.frame / shot.fps)
        video = camera.photometry.codec == "h264"
        quality = (100, 0) if video else (camera.photometry.jpeg_quality, 2)
        name = FrameId(split, frame.camera_id, shot.index, frame.frame)
        file = shooting.writer.add(name, encode_jpeg(pixels, *quality))
        views[frame.camera_id].append(_view(shooting, frame, file, split))
        for person in frame.people:
            names = shooting.names(person, file)
            cut = pixels[person.box[1] : person.box[3], person.box[0] : person.box[2]]
            record = crop_record(person, camera, names, air, measure(cut))
            record["mask"] = encode_mask(frame.index == person.walker + 1)
            record["ignored"] = not worth_keeping(person, camera, boxes)
            rows[person.walker, person.camera_id].append(record)
    tracklets, crops, ignored = [], [], []
    for (walker, _), records in sorted(rows.items()):
        kept = [record for record in records if not record["ignored"]]
        if len(kept) < boxes.min_frames:
            kept = []
        else:
            tracklets.append(shooting.tracklet_row(walker, kept))
            crops.append(kept)
        for position, record in enumerate(kept):
            record["position"] = position
        mine = {id(record) for record in kept}
        ignored += [record | {"ignored": True} for record in records if id(record) not in mine]
    for camera_id, taken in views.items():
        look = shooting.cameras[camera_id].photometry
        if look.codec == "h264":
            every = [record for records in [*crops, ignored] for record in records]
            _stream(shooting, taken, every, look.crf, look.jpeg_quality)
    ordered = [view for _, taken in sorted(views.items()) for view in taken]
    return Contents(tracklets, crops, ordered, ignored)


def _view(shooting: Shooting, frame: RenderedFrame, file: str, split: str) -> dict[str, Any]:
    """A row of VIEWS."""
    shot, scene = shooting.shot, shooting.scene(frame.camera_id)
    height, width = frame.index.shape
    people = {person.walker + 1 for person in frame.people}
    known = [walker.person.person_id for walker in (*shot.walkers, *shot.bystanders)]
    others = [k for k in np.unique(frame.index).tolist() if k > 0 and k not in people]
    masks = [frame.index == k for k in others]
    return {
        "file": file,
        "camera_id": frame.camera_id,
        "shot": shot.index,
        "frame": frame.frame,
        "time": shooting.time(frame.frame),
        "split": split,
        "width": width,
        "height": height,
        **{name: scene[name] for name in ("site", "indoor", "weather", "hour")},
        "others_id": [known[k - 1] for k in others],
        "others_box": [list(_around(mask)) for mask in masks],
        "others_mask": [encode_mask(mask) for mask in masks],
    }


def _around(mask: np.ndarray) -> tuple[int, int, int, int]:
    """The smallest box (x0, y0, x1, y1) around what is in a mask (H, W)."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _stream(
    shooting: Shooting, views: list[dict[str, Any]], records: list[dict[str, Any]], crf: int, q: int
) -> None:
    """A camera's frames as they come out of its video stream, in place and one at a time."""
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        people[record["file"]].append(record)
    paths = [shooting.room / view["file"] for view in views]
    video = shooting.room / f"stream-{views[0]['camera_id']}.mkv"
    shown = frames_through_h264(map(_pixels, paths), video, crf, shooting.shot.fps)
    for view, path, pixels in zip(views, paths, shown, strict=True):
        path.write_bytes(encode_jpeg(pixels, q))
        for record in people[view["file"]]:
            x0, y0, x1, y1 = record["box"]
            record.update(measure(pixels[y0:y1, x0:x1]))
    video.unlink()


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
