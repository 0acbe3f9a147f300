"""Materials of MakeHuman assets: their own picture, over their own texture coordinates."""

from __future__ import annotations

import bpy

from vidsynth.blender.nodes import Graph, linear
from vidsynth.colour import Colour
from vidsynth.user_files.pictures import for_blender
from vidsynth.wardrobe.makehuman.mhmat import Paint

UV = "uv"
"""The mesh attribute that holds texture coordinates."""


def paint_asset(material: bpy.types.Material, paint: Paint, tone: Colour | None) -> None:
    """Cloth as its file has it; with a ``tone``, hair of that colour, light and dark as in its
    file."""
    graph = Graph(material)
    if paint.texture is None:
        graph.surface(linear(tone or paint.colour), 0.8)
        return
    place = graph.add("ShaderNodeAttribute", attribute_name=UV).outputs["Vector"]
    image = bpy.data.images.load(str(for_blender(paint.texture)), check_existing=True)
    picture = graph.add("ShaderNodeTexImage", {"Vector": place}, image=image)
    colour = picture.outputs["Color"]
    if tone is not None:
        grey = graph.add("ShaderNodeRGBToBW", {0: colour}).outputs[0]
        shade = graph.math("MULTIPLY", grey, 1 / max(paint.level, 0.01))
        colour = graph.multiply(linear(tone), graph.math("MINIMUM", shade, 3.0))
    cut = {"Alpha": picture.outputs["Alpha"]} if paint.holes else {}
    graph.surface(colour, 0.8, **cut)
