"""Light from above: hour and weather decide sun, sky and how much of each there is."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from vidsynth.blender.nodes import Graph

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Daylight:
    """``elevation`` degrees and ``sun`` strength (W/m2, linear colour ``sun_colour``); the sky runs
    from ``horizon`` to ``zenith``, linear radiance."""

    elevation: float
    sun: float
    sun_colour: Rgb
    horizon: Rgb
    zenith: Rgb


CLEAR: dict[str, Daylight] = {
    "morning": Daylight(22, 3.2, (1.0, 0.80, 0.58), (0.76, 0.73, 0.70), (0.26, 0.40, 0.68)),
    "noon": Daylight(58, 4.4, (1.0, 0.96, 0.90), (0.80, 0.86, 0.96), (0.28, 0.45, 0.80)),
    "afternoon": Daylight(38, 3.9, (1.0, 0.90, 0.76), (0.80, 0.82, 0.84), (0.28, 0.43, 0.75)),
    "dusk": Daylight(7, 1.6, (1.0, 0.52, 0.26), (0.52, 0.38, 0.33), (0.16, 0.19, 0.33)),
}
_CLOUD_GREY = {"morning": 0.50, "noon": 0.72, "afternoon": 0.62, "dusk": 0.26}
INDOORS = Daylight(0, 0, (1, 1, 1), (0.14, 0.14, 0.14), (0.14, 0.14, 0.14))


def daylight(hour: str, weather: str, indoor: bool) -> Daylight:
    """Sun and sky of an hour under a weather. Raises KeyError for an hour there is none for."""
    if indoor:
        return INDOORS
    clear = CLEAR[hour]
    if weather == "sunny":
        return clear
    grey = _CLOUD_GREY[hour]
    warm = (1.0, 0.93, 0.90) if hour == "dusk" else (0.97, 0.99, 1.03)
    cloud = tuple(grey * c for c in warm)
    top = tuple(1.15 * c for c in cloud)
    # Overcast still throws the softest of shadows.
    return Daylight(55, 0.35 * grey, (1, 1, 1), cloud, top)  # type: ignore[arg-type]


def hang_sky(light: Daylight, weather: str, rng: np.random.Generator) -> None:
    """Light the scene; the sun's azimuth is drawn from ``rng``."""
    scene = bpy.context.scene
    world = bpy.data.worlds.new("sky")
    scene.world = world
    # A smooth gradient needs no fine importance map, and building one costs more than a crop.
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 64
    graph = Graph(world)
    direction = graph.add("ShaderNodeTexCoord").outputs["Generated"]
    height = graph.add("ShaderNodeSeparateXYZ", {0: direction}).outputs[2]
    share = graph.math("POWER", graph.math("MAXIMUM", height, 0.0), 0.55)
    colour = graph.mix(share, (*light.horizon, 1.0), (*light.zenith, 1.0))
    background = graph.add("ShaderNodeBackground", {"Color": colour, "Strength": 1.0})
    graph.add("ShaderNodeOutputWorld", {"Surface": background.outputs[0]})
    azimuth = float(rng.uniform(0, 2 * np.pi))
    if light.sun <= 0:
        return
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.color = light.sun, light.sun_colour
    sun.angle = np.radians(1.0 if weather == "sunny" else 40.0)
    thing = bpy.data.objects.new("sun", sun)
    thing.rotation_euler = (np.pi / 2 - np.radians(light.elevation), 0.0, azimuth)
    scene.collection.objects.link(thing)
