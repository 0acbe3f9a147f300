"""Materials a person wears: skin, hair and cloth whose patterns move with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import bpy

from vidsynth.blender.assets import paint_asset
from vidsynth.blender.nodes import Graph, Socket, linear
from vidsynth.people.figure import SLOTS
from vidsynth.people.makehuman.layers import HAT
from vidsynth.people.makehuman.mhmat import Paint
from vidsynth.people.person import Colour, Garment, Person


def person_materials(person: Person, paints: Mapping[str, Paint]) -> list[bpy.types.Material]:
    """One material for each of SLOTS, in order; ``paints`` are of slots with a MakeHuman asset."""
    makers: dict[str, Callable[[bpy.types.Material], None]] = {
        "skin": lambda m: _skin(m, person),
        "eyes": lambda m: Graph(m).surface((0.10, 0.08, 0.07, 1.0), 0.3),
        "hair": lambda m: paint_hair(Graph(m), person.hair),
        "lower": lambda m: _cloth(m, person.lower),
        "shoes": lambda m: _shoe(m, person.shoes),
        "upper": lambda m: _cloth(m, person.upper),
        HAT: lambda m: None,
    }
    for slot, paint in paints.items():
        tone = person.hair if slot == "hair" else None
        makers[slot] = partial(paint_asset, paint=paint, tone=tone)
    materials = []
    for slot in SLOTS:
        material = bpy.data.materials.new(f"{slot} of {person.person_id}")
        makers[slot](material)
        materials.append(material)
    return materials


def _skin(material: bpy.types.Material, person: Person) -> None:
    graph = Graph(material)
    tint = graph.add("ShaderNodeAttribute", attribute_name="tint").outputs["Color"]
    graph.surface(graph.multiply(linear(person.skin), tint), 0.55)


def paint_hair(graph: Graph, hair: Colour) -> None:
    """Strands that run down."""
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    stretched = graph.add("ShaderNodeVectorMath", {0: rest, 1: (1, 1, 0.08)}, operation="MULTIPLY")
    strands = graph.add(
        "ShaderNodeTexNoise", {"Vector": stretched.outputs[0], "Scale": 260.0, "Detail": 1.0}
    ).outputs[0]
    shade = graph.math("MULTIPLY_ADD", strands, 0.9, 0.5)
    colour = graph.multiply(linear(hair), shade)
    graph.surface(colour, 0.5, graph.bump(strands, 0.5, 0.008))


def _cloth(material: bpy.types.Material, garment: Garment) -> None:
    graph = Graph(material)
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    first, second = linear(garment.colour), linear(garment.second_colour)
    weave = graph.add("ShaderNodeAttribute", attribute_name="weave").outputs["Vector"]
    axes = graph.add("ShaderNodeSeparateXYZ", {0: weave}).outputs
    share = _pattern(graph, garment, axes)
    colour = first if share is None else graph.mix(share, first, second)
    if garment.kind in ("jacket", "shirt", "coat"):
        # The zip or the button placket down the front.
        line = graph.math("LESS_THAN", axes[0], 0.006 if garment.kind == "shirt" else 0.0035)
        line = graph.math("MULTIPLY", line, axes[2])
        dark = garment.kind != "jacket" or sum(garment.colour) > 0.6
        edge = linear(garment.colour, 0.45 if dark else 1.0)
        colour = graph.mix(line, colour, edge if dark else (0.35, 0.35, 0.36, 1.0))
    # Folds: wide noise stretched down the body.
    flat = graph.add("ShaderNodeVectorMath", {0: rest, 1: (1.0, 1.0, 0.38)}, operation="MULTIPLY")
    folds = graph.add(
        "ShaderNodeTexNoise", {"Vector": flat.outputs[0], "Scale": 30.0, "Detail": 1.5}
    ).outputs[0]
    shade = graph.math("MULTIPLY_ADD", folds, 0.24, 0.88)
    toned = graph.multiply(colour, shade)
    strength = 0.2 if garment.kind == "leggings" else 0.55
    graph.surface(toned, 0.85, graph.bump(folds, strength, 0.03))


def _pattern(graph: Graph, garment: Garment, axes: list[Socket]) -> Socket | None:
    """Where (0 or 1) the second colour shows, over the cloth's own coordinates; None: nowhere."""
    x, z, chest = axes
    scale = garment.pattern_scale

    def wave(axis: Socket, period: float, share: float) -> Socket:
        phase = graph.math("FRACT", graph.math("DIVIDE", axis, period * scale))
        return graph.math("LESS_THAN", phase, share)

    if garment.pattern == "hoops":
        return wave(z, 0.034, 0.42)
    if garment.pattern == "stripes":
        return wave(x, 0.026, 0.35)
    if garment.pattern == "check":
        crossed = graph.math("ADD", wave(z, 0.036, 0.4), wave(x, 0.036, 0.4))
        return graph.math("MULTIPLY", crossed, 0.5)
    if garment.pattern == "dots":
        cells = [
            graph.math("SUBTRACT", graph.math("FRACT", graph.math("DIVIDE", a, 0.03 * scale)), 0.5)
            for a in (x, z)
        ]
        radius = graph.math("ADD", *(graph.math("MULTIPLY", c, c) for c in cells))
        return graph.math("LESS_THAN", radius, 0.07)
    if garment.pattern == "two-tone":
        return graph.math("GREATER_THAN", z, 0.70)
    if garment.pattern == "logo":
        wide = graph.math("LESS_THAN", graph.math("ABSOLUTE", x), 0.042 * min(scale, 1.3))
        tall = graph.math(
            "LESS_THAN", graph.math("ABSOLUTE", graph.math("SUBTRACT", z, 0.735)), 0.026
        )
        return graph.math("MULTIPLY", graph.math("MULTIPLY", wide, tall), chest)
    return None


def _shoe(material: bpy.types.Material, garment: Garment) -> None:
    graph = Graph(material)
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    height = graph.add("ShaderNodeSeparateXYZ", {0: rest}).outputs[2]
    sole = graph.math("LESS_THAN", height, 0.010)
    light = garment.kind == "sneakers"
    colour = graph.mix(
        sole, linear(garment.colour), linear((0.80, 0.80, 0.78) if light else (0.06, 0.05, 0.05))
    )
    graph.surface(colour, 0.6 if light else 0.4)
