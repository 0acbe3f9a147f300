"""What lights a take: the scene's own sky and sun, direct light of its own, or a photograph."""

from __future__ import annotations

import bpy
import numpy as np

from vidsynth.blender.studio import Studio, aim_sun, bearing
from vidsynth.cameras.camera import Camera
from vidsynth.develop.picture import DirectLight
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.backdrops.light import ambience
from vidsynth.planning.take import KeyLight, Take

_LAMP = 1.2
_SOFT = 25.0
_NOON = 45.0
_KINDS = {"sun": "sun", "lamp": "lamp", "window": "window", "key": "picture"}
"""What labels call a light, by its object's name."""
_WATTS, _LAMP_SIZE, _LAMP_DISTANCE = 110.0, 0.9, 2.6


class Lighting:
    """Lights one take after the other. With the first photograph the place is taken away."""

    def __init__(self, indoor: bool) -> None:
        self._indoor = indoor
        self._studio: Studio | None = None
        self._sun: _Daylight | None = None
        self._now: tuple[Backdrop | None, KeyLight | None, Camera] | None = None

    def light(self, take: Take, camera: Camera) -> None:
        """Sets the scene's light for a take through ``camera``."""
        now = take.backdrop, take.light, camera
        if now == self._now:
            return
        self._now = now
        if take.backdrop is not None:
            self._studio = self._studio or Studio()
            guessed, key = ambience(take.backdrop.path), take.light or KeyLight()
            side = guessed.side if key.azimuth is None else key.azimuth
            self._studio.light(guessed, camera, side, key.elevation, key.intensity)
        elif take.light is not None:
            self._sun = self._sun or _Daylight(self._indoor)
            self._sun.light(take.light, camera)


def strongest_light(at: np.ndarray) -> DirectLight | None:
    """Of the scene's suns and lamps as they are now, the one that sends most light to a place (3,),
    metres, whatever is in its way; None where there is none."""
    best, found = 0.0, None
    for thing in bpy.context.scene.objects:
        if thing.type != "LIGHT":
            continue
        axis = np.array(thing.rotation_euler.to_matrix().col[2])  # lights shine along -z
        if thing.data.type == "SUN":
            strength, towards = thing.data.energy, axis
        else:
            towards = np.array(thing.location) - at
            away = float(np.linalg.norm(towards))
            towards = towards / away
            strength = thing.data.energy * max(0.0, float(axis @ towards)) / (np.pi * away**2)
        if strength > best:
            best = strength
            found = DirectLight(
                _KINDS[thing.name.partition(".")[0]],
                float(np.degrees(np.arctan2(towards[1], towards[0]))),
                float(np.degrees(np.arcsin(np.clip(towards[2], -1, 1)))),
            )
    return found


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
        towards = aim_sun(self._sun, camera, side, elevation)
        if self._indoor:
            self._sun.location = np.asarray(camera.look_at) + _LAMP_DISTANCE * np.array(towards)
