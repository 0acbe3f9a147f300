"""A scene without a place: people, the light of a photograph, and a ground that only takes shadows.

What is rendered there is laid over the photograph by its alpha.
"""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from vidsynth.blender.nodes import Graph
from vidsynth.blender.walkers import new_mesh
from vidsynth.cameras.camera import Camera
from vidsynth.places.backdrops.light import Ambience

_REACH = 40.0
_ELEVATION = 50.0
_DARKEST = 1e-3
_FEWEST_SAMPLES = 8


class Studio:
    """Takes the place away from the scene at hand; whoever has an index in it stays."""

    def __init__(self) -> None:
        scene = bpy.context.scene
        for thing in list(scene.objects):
            if thing.pass_index == 0 and thing != scene.camera:
                bpy.data.objects.remove(thing)
        scene.render.film_transparent = True
        # Outlines and shadows are in the alpha, which nobody denoises.
        scene.cycles.samples = max(scene.cycles.samples, _FEWEST_SAMPLES)
        ground = new_mesh(
            "ground",
            np.array(
                [(x * _REACH, y * _REACH, 0.0) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            ),
            np.array([[0, 1, 2, 3]]),
        )
        catcher = bpy.data.objects.new("shadows", ground)
        catcher.is_shadow_catcher = True
        scene.collection.objects.link(catcher)
        world = bpy.data.worlds.new("ambience")
        graph = Graph(world)
        self._sky = graph.add("ShaderNodeBackground")
        graph.add("ShaderNodeOutputWorld", {"Surface": self._sky.outputs[0]})
        scene.world = world
        self._key = bpy.data.objects.new("key", bpy.data.lights.new("key", "SUN"))
        scene.collection.objects.link(self._key)

    def light(
        self,
        ambience: Ambience,
        camera: Camera,
        side: float,
        elevation: float | None = None,
        intensity: float = 1.0,
    ) -> None:
        """The light of a photograph; the direct part, times ``intensity``, comes from ``side``
        degrees right of the camera as seen from the person and ``elevation`` above the ground."""
        self._sky.inputs["Color"].default_value = (*ambience.sky, 1.0)
        strength = max(ambience.key)
        key = self._key.data
        key.color = tuple(c / max(strength, _DARKEST) for c in ambience.key)
        key.energy = strength * intensity
        key.angle = np.radians(ambience.softness)
        aim_sun(self._key, camera, side, _ELEVATION if elevation is None else elevation)


def aim_sun(lamp: bpy.types.Object, camera: Camera, side: float, elevation: float) -> Vector:
    """Turn a sun so that it stands ``side`` degrees right of the camera, for who is looked at.

    Returns the direction towards it, in the world.
    """
    # The photographer looks at the person: to the right is counter-clockwise about the person.
    turn, up = np.radians(bearing(camera) + side), np.radians(elevation)
    towards = Vector((np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)))
    lamp.rotation_euler = towards.to_track_quat("Z", "Y").to_euler()
    return towards


def bearing(camera: Camera) -> float:
    """Degrees from +x, over the ground, of the camera as seen from what it looks at."""
    x, y, _ = -camera.R[2]
    return float(np.degrees(np.arctan2(y, x)))
