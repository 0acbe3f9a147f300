"""Sun and sky of a scene, as `places.sky` describes them."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.hdris import load_hdri
from vidsynth.blender.nodes import Graph
from vidsynth.blender.pictures import painted
from vidsynth.places.sky.clouds import cloudy_sky
from vidsynth.places.sky.light import Daylight
from vidsynth.places.sky.panoramas import is_room, radiance


def light_by_sky(light: Daylight, rng: np.random.Generator) -> None:
    """Light the scene; the sun's azimuth and the clouds are drawn from ``rng``."""
    scene = bpy.context.scene
    world = bpy.data.worlds.new("sky")
    scene.world = world
    # Rays that leave a matt surface find so even a sky by themselves; to send more there costs a
    # tenth of a crop, and takes them from the sun.
    world.cycles.sampling_method = "NONE"
    graph = Graph(world)
    azimuth = float(rng.uniform(0, 2 * np.pi))
    direction = graph.add("ShaderNodeTexCoord").outputs["Generated"]
    image = painted("sky", cloudy_sky(light, rng))
    colour = graph.add("ShaderNodeTexEnvironment", {"Vector": direction}, image=image).outputs[0]
    background = graph.add("ShaderNodeBackground", {"Color": colour, "Strength": 1.0})
    graph.add("ShaderNodeOutputWorld", {"Surface": background.outputs[0]})
    if light.sun <= 0:
        return
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.color = light.sun, light.sun_colour
    sun.angle = np.radians(light.sun_angle)
    thing = bpy.data.objects.new("sun", sun)
    thing.rotation_euler = (np.pi / 2 - np.radians(light.elevation), 0.0, azimuth)
    scene.collection.objects.link(thing)


def light_by_panorama(path: Path, rng: np.random.Generator) -> None:
    """Light the scene by an equirectangular HDRI turned by an angle drawn from ``rng``.

    Its upper half is brought to the mean radiance of a clouded noon; exposure is automatic anyway.
    A room lights the scene as weather does, without spotlights: none of it is brighter than twice
    its average. What is seen of the sky is that average.
    Raises RenderError where Blender cannot read it.
    """
    image, light = load_hdri(path)
    upper = light[len(light) // 2 :]
    mean = radiance(light)
    limit = 2 * mean
    if is_room(path):
        upper = np.minimum(upper, limit)
        mean = float(upper.mean())
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 256
    graph = Graph(world)
    direction = graph.add("ShaderNodeTexCoord").outputs["Generated"]
    turn = (0.0, 0.0, float(rng.uniform(0, 2 * np.pi)))
    turned = graph.add("ShaderNodeMapping", {"Vector": direction, "Rotation": turn}).outputs[0]
    colour = graph.add("ShaderNodeTexEnvironment", {"Vector": turned}, image=image).outputs[0]
    if is_room(path):
        dimmed = {0: 1.0, 6: colour, 7: (limit, limit, limit, 1.0)}
        colour = graph.add("ShaderNodeMix", dimmed, data_type="RGBA", blend_type="DARKEN").outputs[
            2
        ]
        plain = upper.mean((0, 1))
        seen = graph.add("ShaderNodeLightPath").outputs["Is Camera Ray"]
        colour = graph.mix(seen, colour, (*map(float, plain), 1.0))
    background = graph.add("ShaderNodeBackground", {"Color": colour, "Strength": 0.7 / mean})
    graph.add("ShaderNodeOutputWorld", {"Surface": background.outputs[0]})
