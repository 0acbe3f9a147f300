"""What places are made of: procedural textures over a UV map in metres."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from vidsynth.blender.nodes import MATT, Graph, Socket, linear
from vidsynth.places.sites.site import Surface

KINDS = (
    "plain", "paving", "tiles", "brick", "asphalt", "concrete", "grass", "leaves", "wood",
    "windows", "shop", "lines", "carpet", "display", "poster",
)  # fmt: skip

STEEP = 0.35
"""Share of a face's normal that points up, up to which neither rain nor snow lies on it."""

_GLOSSY = 0.5
"""Wetness from which on the ground shines; of less it is only darker."""

_SOAKED = ("grass", "leaves", "carpet")
"""No water stands on these."""


def surface_material(
    surface: Surface, wetness: float = 0.0, whiteness: float = 0.0
) -> bpy.types.Material:
    """The material for a surface, ``wetness`` and ``whiteness`` (of snow) from 0 to 1.

    Raises ValueError for a kind there is none for."""
    material, graph, uv, colour = _painted(surface)
    roughness: Any = surface.roughness
    if wetness or whiteness:
        if surface.kind in _SOAKED:
            wetness = min(wetness, 0.99 * _GLOSSY)
        colour, roughness = _weathered(graph, uv, colour, surface.roughness, wetness, whiteness)
    if surface.glow:
        graph.lit_from_within(colour, surface.glow)
        return material
    # A film of water on rough ground mirrors less of the sky than a pool does.
    film = {} if isinstance(roughness, float) else {"Specular IOR Level": 0.25}
    graph.surface(colour, roughness, **film)
    return material


def ceiling_material(surface: Surface, irradiance: tuple[float, ...]) -> bpy.types.Material:
    """The material of what looks down on lamps that look down: it sends back ``irradiance`` (RGB),
    which the floor has sent up. It lights nothing itself: that is in the ambient light."""
    material, graph, _, colour = _painted(surface)
    graph.emit(graph.multiply(colour, (*(value / np.pi for value in irradiance), 1.0)))
    return material


def panel_material(radiance: tuple[float, ...]) -> bpy.types.Material:
    """The material of a lamp's panel as cameras see it; its light is the lamp's."""
    material = bpy.data.materials.new("panel")
    graph = Graph(material)
    seen = graph.add("ShaderNodeLightPath").outputs["Is Camera Ray"]
    graph.emit((*radiance, 1.0), seen)
    return material


def _painted(surface: Surface) -> tuple[bpy.types.Material, Graph, Socket, Any]:
    """A material to be finished: its graph, the place in metres, and the colour there."""
    if surface.kind not in KINDS:
        raise ValueError(f"Expected a surface among {', '.join(KINDS)}, found {surface.kind!r}.")
    material = bpy.data.materials.new(surface.kind)
    graph = Graph(material)
    uv = graph.add("ShaderNodeUVMap", uv_map="metres").outputs[0]
    first, second = linear(surface.colour), linear(surface.second)
    size = surface.scale
    if surface.kind in ("paving", "tiles", "brick", "windows", "shop"):
        colour = _bricks(graph, uv, surface)
    elif surface.kind == "lines":
        along = graph.add("ShaderNodeSeparateXYZ", {0: uv}).outputs[0]
        phase = graph.math("FRACT", graph.math("DIVIDE", along, size))
        colour = graph.mix(graph.math("LESS_THAN", phase, 0.5), first, second)
    elif surface.kind == "display":
        colour = _display(graph, uv, surface)
    elif surface.kind == "poster":
        colour = _poster(graph, uv, surface)
    elif surface.kind in ("grass", "leaves", "asphalt", "concrete", "carpet", "wood"):
        stretch = (1.0, 9.0, 1.0) if surface.kind == "wood" else (1.0, 1.0, 1.0)
        at = graph.add("ShaderNodeVectorMath", {0: uv, 1: stretch}, operation="MULTIPLY")
        grain = {"grass": 9.0, "leaves": 5.0, "asphalt": 30.0, "carpet": 40.0}.get(
            surface.kind, 1.4
        )
        share = _noise(graph, at.outputs[0], grain / size)
        colour = graph.mix(_contrast(graph, share, 2.2), first, second)
    else:
        colour = first
    if surface.kind not in ("plain", "windows", "shop", "display", "poster"):
        # Years of weather: nothing outdoors is one even colour.
        worn = graph.math("MULTIPLY_ADD", _noise(graph, uv, 0.35), 0.5, 0.75)
        colour = graph.multiply(colour, worn)
    return material, graph, uv, colour


def _display(graph: Graph, uv: Socket, surface: Surface) -> Socket:
    """Goods on shelves: things of all colours, mixed with ``colour``, before ``second``."""
    size = surface.scale
    x, y = graph.add("ShaderNodeSeparateXYZ", {0: uv}).outputs[:2]
    rows = graph.math("DIVIDE", y, 0.55 * size)
    shelf, above = graph.math("FLOOR", rows), graph.math("FRACT", rows)
    # Every shelf has things of another width, that begin elsewhere.
    other = graph.math("FRACT", graph.math("MULTIPLY", shelf, 0.618))
    width = graph.math("MULTIPLY_ADD", other, 0.30 * size, 0.20 * size)
    place = graph.math("ADD", graph.math("DIVIDE", x, width), graph.math("MULTIPLY", shelf, 7.3))
    which = graph.add("ShaderNodeCombineXYZ", {0: graph.math("FLOOR", place), 1: shelf}).outputs[0]
    drawn = graph.add("ShaderNodeTexWhiteNoise", {"Vector": which}, noise_dimensions="2D")
    value, hue = drawn.outputs["Value"], drawn.outputs["Color"]
    low = graph.math("LESS_THAN", above, graph.math("MULTIPLY_ADD", value, 0.5, 0.40))
    there = graph.math("MULTIPLY", low, graph.math("LESS_THAN", graph.math("FRACT", place), 0.88))
    vivid = graph.add("ShaderNodeGamma", {0: hue, 1: 2.2}).outputs[0]
    goods = graph.mix(0.45, linear(surface.colour), vivid)
    shaded = graph.multiply(goods, graph.math("MULTIPLY_ADD", value, 0.8, 0.35))
    return graph.mix(there, linear(surface.second), shaded)


def _poster(graph: Graph, uv: Socket, surface: Surface) -> Socket:
    """Sheets, ``scale`` metres high: a picture in a field of ``colour``, lines of ``second``."""
    size = surface.scale
    x, y = graph.add("ShaderNodeSeparateXYZ", {0: uv}).outputs[:2]
    across = graph.math("DIVIDE", x, 0.7 * size)
    up = graph.math("FRACT", graph.math("DIVIDE", y, size))
    sheet = graph.math("FLOOR", across)
    which = graph.add("ShaderNodeCombineXYZ", {0: sheet, 1: sheet}).outputs[0]
    drawn = graph.add("ShaderNodeTexWhiteNoise", {"Vector": which}, noise_dimensions="2D")
    vivid = graph.add("ShaderNodeGamma", {0: drawn.outputs["Color"], 1: 2.0}).outputs[0]
    field = graph.mix(0.4, linear(surface.colour), vivid)
    blot = _contrast(graph, graph.math("SUBTRACT", _noise(graph, uv, 2.4 / size), 0.1), 7.0)
    picture = graph.mix(blot, field, linear(surface.second))
    row = graph.math("FRACT", graph.math("MULTIPLY", up, 16.0))
    text = graph.math("MULTIPLY", graph.math("LESS_THAN", row, 0.45),
                      graph.math("LESS_THAN", up, 0.30))  # fmt: skip
    return graph.mix(text, picture, linear(surface.second))


def _weathered(
    graph: Graph, uv: Socket, colour: Any, roughness: float, wetness: float, whiteness: float
) -> tuple[Socket, float | Socket]:
    """What faces the sky is dark and glossy of rain, with puddles, or white of snow."""
    normal = graph.add("ShaderNodeNewGeometry").outputs["Normal"]
    up = graph.add("ShaderNodeSeparateXYZ", {0: normal}).outputs[2]
    up = graph.add("ShaderNodeMapRange", {0: up, 1: STEEP, 2: 0.75, 3: 0.0, 4: 1.0}).outputs[0]
    patches = _contrast(graph, _noise(graph, uv, 0.6), 4.0)
    if whiteness:
        # Trodden paths show through: more where patches are, less where people have walked.
        low = 1.0 - (1.0 - whiteness) * 3.0
        lying = graph.math("MULTIPLY_ADD", patches, 1.0 - low, low)
        share = graph.math("MULTIPLY", up, lying)
        return graph.mix(share, colour, linear((0.90, 0.92, 0.95))), max(roughness, MATT)
    wet = graph.math("MULTIPLY", up, wetness)
    dark = graph.math("MULTIPLY_ADD", wet, -0.42, 1.0)
    if wetness < _GLOSSY:
        return graph.multiply(colour, dark), roughness
    gloss = graph.math("MULTIPLY_ADD", patches, -0.22, 0.40)
    mixed = graph.math("MULTIPLY", wet, graph.math("SUBTRACT", gloss, roughness))
    return graph.multiply(colour, dark), graph.math("ADD", mixed, roughness)


def _noise(graph: Graph, at: Socket, scale: float) -> Socket:
    inputs = {"Vector": at, "Scale": scale, "Detail": 2.0}
    return graph.add("ShaderNodeTexNoise", inputs, noise_dimensions="2D").outputs[0]


def _contrast(graph: Graph, value: Socket, gain: float) -> Socket:
    centred = graph.math("SUBTRACT", value, 0.5)
    node = graph.add(
        "ShaderNodeMath", {0: centred, 1: gain, 2: 0.5}, operation="MULTIPLY_ADD", use_clamp=True
    )
    return node.outputs[0]


def _bricks(graph: Graph, uv: Socket, surface: Surface) -> Socket:
    """Courses of stones, tiles or windows: ``colour`` the piece, ``second`` what lies between."""
    width, height, joint, offset = {
        "paving": (0.6, 0.4, 0.012, 0.5),
        "tiles": (0.6, 0.6, 0.008, 0.0),
        "brick": (0.24, 0.075, 0.010, 0.5),
        "windows": (1.9, 3.0, 0.45, 0.0),
        "shop": (3.2, 3.4, 0.22, 0.0),
    }[surface.kind]
    first = linear(surface.colour)
    vary = 0.82 if surface.kind in ("paving", "brick", "windows") else 0.95
    darker = (*(c * vary for c in first[:3]), 1.0)
    node = graph.add(
        "ShaderNodeTexBrick",
        {
            "Vector": uv, "Color1": first, "Color2": darker, "Mortar": linear(surface.second),
            "Scale": 1.0 / surface.scale, "Mortar Size": joint, "Mortar Smooth": 0.1,
            "Brick Width": width, "Row Height": height, "Bias": 0.0,
        },
        offset=offset,
        squash=1.0,
    )  # fmt: skip
    return node.outputs[0]
