"""One shot, from the renderer's light to pictures and labels in a folder of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vidsynth.config import BoxConfig
from vidsynth.develop.photometry import (
    CLEAR,
    WHOLE_FRAME,
    develop,
    encode_jpeg,
    incoming,
    noise_stream,
)
from vidsynth.develop.picture import RenderedPicture
from vidsynth.formats import FORMATS
from vidsynth.formats.writer import (
    CROPS_TABLE,
    VIEWS_TABLE,
    Contents,
    CropId,
    FrameId,
    ImageId,
    Record,
    ShotRoom,
    TrackletId,
)
from vidsynth.labels.crops import CROPS, SIGHTS
from vidsynth.labels.filters import worth_keeping
from vidsynth.labels.frames import VIEWS, FrameView
from vidsynth.labels.images import IMAGES
from vidsynth.labels.sighting import Sighting
from vidsynth.labels.tables import write_table
from vidsynth.labels.tracklets import TRACKLETS, Tracklet
from vidsynth.places.sky.air import draw_air
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import Take
from vidsynth.run.streams import stream_crops, stream_frames

ROWS = {"crop": CROPS, "frame": SIGHTS, "image": IMAGES}
"""The table of a shot's people, by what its pictures are."""

LIGHT = "light/{:06d}.npz"
"""Where the light of a shot's images lies: a float16 array (H, W, 3) by the name of each file."""
_BRIGHTEST = 1000.0


class Renderer(Protocol):
    """Made with (quality, device, boxes)."""

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        """Pictures in the order of the shot's takes, and of one take in that of its walkers."""
        ...


@dataclass(frozen=True)
class Storage:
    """How shots are stored: in which format, by which box rules; ``crf`` is the H.264 quality of
    the format's videos, ``digits`` how many a camera has in names; ``light`` keeps that of images
    as they come from the renderer."""

    layout: str
    boxes: BoxConfig
    crf: int = 18
    digits: int = 1
    light: bool = False


@dataclass(frozen=True)
class _Row:
    """A stored person's row, and the take that it is of."""

    walker: int
    take: Take
    record: Record


def shoot(
    shot: Shot, storage: Storage, renderer: Renderer, room: Path, on_picture: Callable[[], None]
) -> dict[str, Any]:
    """Renders a shot into ``room``, laid out as the data set is, and returns its marker.

    ``on_picture`` is called for every picture rendered. Crops that the box rules drop are not
    stored; whole frames are, and the people in them are marked. The marker's ``crops`` counts
    pictures that were kept; ``files`` names what belongs to the data set.
    """
    writer = FORMATS[storage.layout]()
    writer.begin(ShotRoom(room, shot.index, shot.fps, storage.crf, storage.digits))
    air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
    rows: list[_Row] = []
    views: dict[int, list[Record]] = defaultdict(list)
    light: dict[str, np.ndarray] = {}
    for picture in renderer.render(shot):
        on_picture()
        take, whole = picture.take, shot.unit == "frame"
        good = [worth_keeping(picture, person, storage.boxes) for person in picture.people]
        if not (whole or any(good)):
            continue
        # Nothing hangs in the air in front of a photograph.
        between = CLEAR if take.backdrop else air
        walker = WHOLE_FRAME if whole else picture.people[0].walker
        noise = noise_stream(shot.seed, take.camera_id, walker, take.frame)
        pixels = develop(picture, noise, between, shot.seed, take.frame / shot.fps)
        file = writer.add(_picture_id(shot, picture), _encode(picture, pixels))
        if storage.light:
            seen_light = incoming(picture, between, shot.seed, take.frame / shot.fps)
            light[Path(file).name] = np.minimum(seen_light, _BRIGHTEST).astype(np.float16)
        if whole:
            view = FrameView(shot, picture, file, _half(take))
            views[take.camera_id].append(VIEWS.record(view))
        for person, kept in zip(picture.people, good, strict=True):
            seen = Sighting(
                shot,
                picture,
                person,
                pixels[picture.part(person.box)],
                between,
                file,
                _tracklet_id(take, person.walker).name(storage.digits),
                not kept,
            )
            rows.append(_Row(person.walker, take, ROWS[shot.unit].record(seen)))
    contents = _contents(shot, rows, views, storage.boxes.min_frames)
    _stream(shot, room, contents)
    files = writer.finish(contents)
    kept_rows = [record for records in contents.crops for record in records]
    tables = {
        CROPS_TABLE.format(shot.index): (kept_rows + contents.ignored, ROWS[shot.unit].schema)
    }
    if shot.unit == "frame":
        tables[VIEWS_TABLE.format(shot.index)] = (contents.frames, VIEWS.schema)
    for name, (records, schema) in tables.items():
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        write_table(room / name, records, schema)
    if light:
        files.append(LIGHT.format(shot.index))
        (room / files[-1]).parent.mkdir(exist_ok=True)
        np.savez_compressed(room / files[-1], **light)
    return {
        "crops": len(contents.frames) if shot.unit == "frame" else len(kept_rows),
        "tracklets": contents.tracklets,
        "files": [*tables, *files],
    }


def _contents(
    shot: Shot, rows: list[_Row], views: dict[int, list[Record]], min_frames: int
) -> Contents:
    """What of a shot is kept. Tracklets with fewer than ``min_frames`` crops are dropped, and in
    whole frames their people marked; images stand alone."""
    if shot.unit == "image":
        return Contents(crops=[[row.record for row in rows]])
    contents = Contents(frames=[view for _, taken in sorted(views.items()) for view in taken])
    by_tracklet: dict[tuple[int, int], list[_Row]] = defaultdict(list)
    for row in rows:
        by_tracklet[row.walker, row.take.camera_id].append(row)
    for (walker, _), members in sorted(by_tracklet.items()):
        kept = [row for row in members if not row.record.get("ignored")]
        if len(kept) < min_frames:
            kept = []
        else:
            takes, name = tuple(row.take for row in kept), kept[0].record["tracklet"]
            contents.tracklets.append(TRACKLETS.record(Tracklet(shot, walker, takes, name)))
            contents.crops.append([row.record for row in kept])
        for position, row in enumerate(kept):
            row.record["position"] = position
        if shot.unit == "frame":
            stays = set(map(id, kept))
            contents.ignored += [
                row.record | {"ignored": True} for row in members if id(row) not in stays
            ]
    return contents


def _stream(shot: Shot, room: Path, contents: Contents) -> None:
    """Puts what cameras with a video stream have taken through it."""
    streams = {c.camera_id: c.photometry for c in shot.cameras if c.photometry.codec == "h264"}
    if shot.unit == "crop":
        for crops in contents.crops:
            if crops[0]["camera_id"] in streams:
                stream_crops(room, crops, shot.fps)
        return
    people = [record for records in [*contents.crops, contents.ignored] for record in records]
    for camera_id, look in streams.items():
        views = [view for view in contents.frames if view["camera_id"] == camera_id]
        stream_frames(room, views, people, look.crf, look.jpeg_quality, shot.fps)


def _encode(picture: RenderedPicture, pixels: np.ndarray) -> bytes:
    """JPEG at the camera's quality; what a video stream will have spoilt is kept as it is now."""
    look = picture.camera.photometry
    quality, subsampling = (100, 0) if look.codec == "h264" else (look.jpeg_quality, 2)
    return encode_jpeg(pixels, quality, subsampling)


def _picture_id(shot: Shot, picture: RenderedPicture) -> CropId | FrameId | ImageId:
    """What formats name a picture by."""
    take = picture.take
    if shot.unit == "frame":
        return FrameId(_half(take), take.camera_id, shot.index, take.frame)
    walker = picture.people[0].walker
    subject = take.subjects[walker]
    if shot.unit == "crop":
        return CropId(_tracklet_id(take, walker), subject.split, take.frame)
    return ImageId(
        subject.split,
        subject.query,
        subject.label_id,
        take.camera_id,
        shot.site_number,
        subject.number,
    )


def _tracklet_id(take: Take, walker: int) -> TrackletId:
    subject = take.subjects[walker]
    return TrackletId(subject.label_id, take.camera_id, subject.number)


def _half(take: Take) -> str:
    """Whether a whole frame is to train or to test on: nobody is seen in both."""
    return "train" if take.subjects[0].split == "train" else "test"
