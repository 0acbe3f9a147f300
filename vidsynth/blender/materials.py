"""Materials of a person: skin, hair, shoes, and cloth (`fabric`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import bpy

from vidsynth.blender.assets import paint_asset
from vidsynth.blender.fabric import paint_cloth
from vidsynth.blender.nodes import Graph, linear
from vidsynth.colour import Colour
from vidsynth.people.figure import SLOTS
from vidsynth.people.person import Person
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.makehuman.layers import HAT
from vidsynth.wardrobe.makehuman.mhmat import Paint
from vidsynth.wardrobe.records import Garment


def person_materials(
    person: Person, paints: Mapping[str, Paint], textures: Path | None = None
) -> list[bpy.types.Material]:
    """One material for each of SLOTS, in order; ``paints`` are of slots with a MakeHuman asset,
    ``textures`` is the folder of the pictures that cloth is made of."""
    stature = person.body.stature
    # Nobody's clothes are creased as another's.
    creased = [((0.618 * person.person_id + 0.37 * k) % 1, 0.23 * k) for k in range(3)]
    makers: dict[str, Callable[[bpy.types.Material], None]] = {
        "skin": lambda m: _skin(m, person),
        "eyes": lambda m: Graph(m).surface((0.10, 0.08, 0.07, 1.0), 0.3),
        "hair": lambda m: paint_hair(Graph(m), person.hair),
        "lower": lambda m: paint_cloth(m, person.lower, stature, textures, creased[0]),
        "inner": lambda m: paint_cloth(m, person.inner, stature, textures, creased[1]),
        "shoes": lambda m: _shoe(m, person.shoes),
        "upper": lambda m: paint_cloth(m, person.upper, stature, textures, creased[2]),
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
        "ShaderNodeTexNoise", {"Vector": stretched.outputs[0], "Scale": 260.0, "Detail": 0.0}
    ).outputs[0]
    shade = graph.math("MULTIPLY_ADD", strands, 0.9, 0.5)
    colour = graph.multiply(linear(hair), shade)
    graph.surface(colour, 0.5, graph.bump(strands, 0.5, 0.008))


def _shoe(material: bpy.types.Material, garment: Garment) -> None:
    graph = Graph(material)
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    height = graph.add("ShaderNodeSeparateXYZ", {0: rest}).outputs[2]
    sole = graph.math("LESS_THAN", height, 0.010)
    light = GARMENTS[garment.kind].sole == "light"
    colour = graph.mix(
        sole, linear(garment.colour), linear((0.80, 0.80, 0.78) if light else (0.06, 0.05, 0.05))
    )
    graph.surface(colour, 0.6 if light else 0.4)
