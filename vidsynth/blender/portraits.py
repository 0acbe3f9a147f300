"""A batch of images goes in, light comes out: one person, seen each time by a camera of its own.

The scene is set up once; only pose, camera, light and what stands in front change between images.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.heap import give_back
from vidsynth.blender.props import put_up, take_down
from vidsynth.blender.renderer import Renderer
from vidsynth.blender.session import aim, exposure
from vidsynth.blender.stage import Stage
from vidsynth.blender.studio import Studio, bearing, shine
from vidsynth.body.anatomy import BODY
from vidsynth.cameras.camera import Camera
from vidsynth.colour import luminance
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedCrop
from vidsynth.places.backdrops.light import ambience
from vidsynth.places.sky.light import daylight as daylight_of
from vidsynth.planning.placing import look_at
from vidsynth.planning.take import ImageShot, KeyLight, RenderedImage

_LAMP = 1.2
_SOFT = 25.0
_NOON = 45.0
_WATTS, _LAMP_SIZE, _LAMP_DISTANCE = 110.0, 0.9, 2.6


class ImageRenderer:
    """Renders batches of images with Cycles; made as `Renderer` is. ``cutouts`` is the folder of
    pictures for occluders."""

    def __init__(
        self, quality: str, device: str, boxes: BoxConfig, cutouts: Path | None = None
    ) -> None:
        self._film = Renderer(quality, device, boxes)
        self._quality, self._device, self._cutouts = quality, device, cutouts

    def render(self, batch: ImageShot) -> Iterator[RenderedImage]:
        """Images in the order of the takes; those the box rules drop are never rendered."""
        shot = batch.shot
        stage = Stage(shot, self._quality, self._device)
        stage.enter()
        exposure = daylight_of(shot.hour, shot.weather, shot.place.indoor).exposure
        photographed = any(take.backdrop for take in batch.takes)
        studio = Studio() if photographed else None
        daylight = None if photographed else _Daylight(shot.place.indoor)
        stature = shot.walkers[0].person.body.stature
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            for frame, take in enumerate(batch.takes):
                company = stage.at(frame)
                me = company[0]
                body = me.body[BODY]
                middle = (body.min(0).astype(float) + body.max(0)) / 2
                camera = look_at(take.view, me.figure, middle, take.camera_id, shot.site, take.look)
                if studio is not None and take.backdrop is not None:
                    guessed, key = ambience(take.backdrop.path), take.light
                    side = guessed.side if key.azimuth is None else key.azimuth
                    studio.light(guessed, camera, side, key.elevation, key.intensity)
                elif daylight is not None:
                    daylight.light(take.light, camera)
                _show(2, take.companion)
                props = (
                    put_up(take.occluder, camera, stature, self._cutouts) if take.occluder else []
                )
                aim(camera)
                crop = self._film.crop(shot, camera, 0, frame, me, Path(folder), take.backdrop)
                take_down(props)
                if crop is not None:
                    if not take.backdrop:
                        crop.light[:] *= exposure * _gain(crop)
                    yield RenderedImage(crop, camera)
        give_back()


class _Daylight:
    """The scene's own sun; a lamp near the person where no sun reaches them."""

    def __init__(self, indoor: bool) -> None:
        scene = bpy.context.scene
        suns = [t for t in scene.objects if t.type == "LIGHT" and t.data.type == "SUN"]
        self._indoor = indoor
        if indoor or not suns:
            lamp = bpy.data.lights.new("lamp", "AREA" if indoor else "SUN")
            lamp.energy = _WATTS if indoor else _LAMP
            if indoor:
                lamp.size = _LAMP_SIZE
            else:
                lamp.angle = np.radians(_SOFT)
            suns = [bpy.data.objects.new("lamp", lamp)]
            suns[0].rotation_euler = (np.radians(90 - _NOON), 0.0, 0.0)
            scene.collection.objects.link(suns[0])
        self._sun, self._energy = suns[0], suns[0].data.energy
        x, y, z = suns[0].rotation_euler.to_matrix().col[2]
        self._elevation = float(np.degrees(np.arcsin(np.clip(z, -1, 1))))
        self._bearing = float(np.degrees(np.arctan2(y, x)))

    def light(self, key: KeyLight, camera: Camera) -> None:
        self._sun.data.energy = self._energy * key.intensity
        elevation = self._elevation if key.elevation is None else key.elevation
        side = self._bearing - bearing(camera) if key.azimuth is None else key.azimuth
        towards = shine(self._sun, camera, side, elevation)
        if self._indoor:
            self._sun.location = np.asarray(camera.look_at) + _LAMP_DISTANCE * np.array(towards)


def _show(index: int, shown: bool) -> None:
    """Shows or hides whoever has that index."""
    for thing in bpy.context.scene.objects:
        if thing.pass_index == index and thing.hide_render == shown:
            thing.hide_render = not shown


def _gain(crop: RenderedCrop) -> float:
    """Automatic exposure by what is around the person, not by their clothes."""
    around = crop.light[crop.index == 0]
    return exposure(luminance(around)) if len(around) else 1.0
