"""What accessories are made of."""

from __future__ import annotations

import bpy

from vidsynth.blender.materials import paint_hair
from vidsynth.blender.nodes import Graph, linear
from vidsynth.wardrobe.accessories.worn import Finish

_ROUGHNESS = {
    "fabric": 0.8, "strap": 0.75, "felt": 0.9, "knit": 0.95, "leather": 0.45, "plastic": 0.35,
    "metal": 0.3, "lens": 0.08, "screen": 0.1, "hair": 0.5,
}  # fmt: skip
_THROUGH = 0.25
"""Share of light that black umbrellas let through: more than they do, for here no light that the
ground sends up is counted under them."""


def finish_material(finish: Finish, number: int) -> bpy.types.Material:
    """The material for a finish; KeyError for a kind there is none for."""
    material = bpy.data.materials.new(f"{finish.kind} {number}")
    graph = Graph(material)
    if finish.kind == "canopy":
        thin = linear(finish.colour)
        graph.thin_cloth(thin, tuple(_THROUGH + 0.5 * value for value in thin[:3]))
        return material
    colour, roughness = linear(finish.colour), _ROUGHNESS[finish.kind]
    if finish.kind == "metal":
        graph.surface(colour, roughness, Metallic=0.9)
        return material
    if finish.kind == "screen":
        glow = {"Emission Color": linear((0.45, 0.60, 0.80)), "Emission Strength": 0.35}
        graph.surface(colour, roughness, **glow)
        return material
    if finish.kind == "hair":
        paint_hair(graph, finish.colour)
        return material
    if finish.kind not in ("fabric", "knit", "felt", "leather"):
        graph.surface(colour, roughness)
        return material
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    if finish.kind == "knit":
        # Ribs of a few millimetres.
        grain = graph.add(
            "ShaderNodeTexWave", {"Vector": rest, "Scale": 70.0, "Distortion": 2.0}
        ).outputs[1]
        bump = graph.bump(grain, 0.5, 0.004)
    else:
        grain = graph.add(
            "ShaderNodeTexNoise", {"Vector": rest, "Scale": 28.0, "Detail": 2.0}
        ).outputs[0]
        bump = graph.bump(grain, 0.35, 0.02)
    shade = graph.math("MULTIPLY_ADD", grain, 0.24, 0.88)
    graph.surface(graph.multiply(colour, shade), roughness, bump)
    return material
