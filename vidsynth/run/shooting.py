"""What crops and whole frames of one shot have in common: who is who, and what records say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.colour import luminance
from vidsynth.develop.photometry import CLEAR, sharpness
from vidsynth.develop.picture import RenderedCrop
from vidsynth.formats.writer import TrackletId, Writer
from vidsynth.places.sky.air import Air, draw_air
from vidsynth.planning.shot import Shot
from vidsynth.planning.tracklets import Track, TrackletPlan


@dataclass(frozen=True)
class Shooting:
    """A shot on its way to ``room``: its people as ``tracks`` name them, and who writes it."""

    plan: TrackletPlan
    shot: Shot
    tracks: tuple[Track, ...]
    room: Path
    writer: Writer

    @cached_property
    def cameras(self) -> dict[int, Camera]:
        return {camera.camera_id: camera for camera in self.shot.cameras}

    @cached_property
    def _air(self) -> Air:
        shot = self.shot
        return draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)

    def air(self, camera_id: int) -> Air:
        """What is between a camera and people: nothing in front of a photograph."""
        return CLEAR if camera_id in dict(self.shot.backdrops) else self._air

    def time(self, frame: int) -> float:
        """Seconds on the data set's clock."""
        return round(self.shot.time + frame / self.shot.fps, 6)

    def tracklet(self, crop: RenderedCrop) -> TrackletId:
        track = self.tracks[crop.walker]
        return TrackletId(track.label_id, crop.camera_id, track.number)

    def names(self, crop: RenderedCrop, file: str) -> dict[str, Any]:
        """What a crop's record says of whose it is and where it lies."""
        return {
            "tracklet": self.tracklet(crop).name(self.plan.network.digits),
            "file": file,
            "person_id": self.tracks[crop.walker].person_id,
            "shot": self.shot.index,
            "time": self.time(crop.frame),
        }

    def scene(self, camera_id: int) -> dict[str, Any]:
        """Site, weather, hour and sky as records say them, and ``background``."""
        shot = self.shot
        backdrop = dict(shot.backdrops).get(camera_id)
        scene = {
            "site": shot.site,
            "indoor": shot.place.indoor,
            "weather": "indoor" if shot.place.indoor else shot.weather,
            "hour": "indoor" if shot.place.indoor else shot.hour,
            "sky": shot.sky_name,
        }
        if backdrop is not None:
            scene = dict.fromkeys(scene, "picture") | {"indoor": None}
        return {**scene, "background": "" if backdrop is None else backdrop.path.name}

    def tracklet_row(self, walker: int, records: list[dict[str, Any]]) -> dict[str, Any]:
        """A tracklet as markers hold it: a row of TRACKLETS with the list of its ``frames``, less
        what the format and the whole data set decide."""
        track, first = self.tracks[walker], records[0]
        scene = self.scene(first["camera_id"])
        background = scene.pop("background")
        return {
            "tracklet": first["tracklet"],
            "person_id": track.person_id,
            "label_id": track.label_id,
            "split": track.split,
            "outfit_id": track.outfit_id,
            "clothes_id": track.clothes_id,
            "camera_id": first["camera_id"],
            "shot": self.shot.index,
            **scene,
            "motion": self.shot.walkers[walker].manner,
            "background": background,
            "start_time": first["time"],
            "fps": self.shot.fps,
            "frames": [record["frame"] for record in records],
        }


def measure(pixels: np.ndarray) -> dict[str, float]:
    """Brightness and sharpness of pixels (H, W, 3) uint8."""
    return {"brightness": float(luminance(pixels).mean()), "sharpness": sharpness(pixels)}
