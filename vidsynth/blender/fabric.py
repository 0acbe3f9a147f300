"""Cloth: patterns and pictures laid over its own coordinates, which move with it, and folds."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from PIL import Image

from vidsynth.blender.nodes import Graph, Socket, linear
from vidsynth.blender.pictures import painted
from vidsynth.wardrobe.cloth_pictures import cloth
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.wrinkles import TILE, wrinkle_map

_METAL = (0.10, 0.10, 0.105, 1.0)
"""A zip's teeth on dark cloth, linear: seen, but no white line."""
_LARGEST = 512
"""Pixels of a picture's longer side: more than a crop shows."""


def paint_cloth(
    material: bpy.types.Material,
    garment: Garment,
    stature: float,
    textures: Path | None,
    creased: tuple[float, float] = (0.0, 0.0),
) -> None:
    """The garment's material. ``stature`` metres; ``textures`` is the folder of its picture;
    ``creased`` where on the map of creases its own begin, in tiles."""
    graph = Graph(material)
    woven = graph.add("ShaderNodeAttribute", attribute_name="cloth_at").outputs["Vector"]
    axes = graph.add("ShaderNodeSeparateXYZ", {0: woven}).outputs
    if garment.picture and textures is not None:
        colour = _picture(graph, garment, axes, stature, textures / garment.picture)
    else:
        share = _pattern(graph, garment, axes)
        colour = linear(garment.colour) if share is None else _mixed(graph, garment, share)
    kind = GARMENTS[garment.kind]
    if kind.fastened and not garment.open:
        colour = _closure(graph, garment, axes, colour)
    relief = _creases(graph, axes, creased)
    shade = graph.math("MULTIPLY_ADD", relief, 0.24, 0.88)
    if garment.pattern in ("denim", "knit"):
        denim = garment.pattern == "denim"
        grain, depth = _twill(graph) if denim else _stitches(graph, axes[0])
        shade = graph.math("MULTIPLY", shade, grain)
        relief = graph.math("MULTIPLY_ADD", grain, depth, relief)
    strength = 0.2 if kind.clings else 0.55
    graph.surface(graph.multiply(colour, shade), 0.85, graph.bump(relief, strength, 0.03))


def _creases(graph: Graph, axes: list[Socket], creased: tuple[float, float]) -> Socket:
    place = graph.add(
        "ShaderNodeCombineXYZ",
        {
            0: graph.math("MULTIPLY_ADD", axes[0], 1 / TILE, creased[0]),
            # Behind there are others than in front.
            1: graph.math(
                "ADD",
                graph.math("MULTIPLY_ADD", axes[1], 1 / TILE, creased[1]),
                graph.math("MULTIPLY", axes[2], 0.45),
            ),
        },
    ).outputs[0]
    image = painted("creases", wrinkle_map())
    return graph.add("ShaderNodeTexImage", {"Vector": place}, image=image).outputs["Color"]


def _closure(graph: Graph, garment: Garment, axes: list[Socket], colour: Socket) -> Socket:
    """The zip or the button placket down the front: the cloth's own colours in shade, or, where
    that would not be seen, metal."""
    kind, across = GARMENTS[garment.kind], graph.math("ABSOLUTE", axes[0])
    line = graph.math("LESS_THAN", across, 0.0035 if kind.outer else 0.006)
    line = graph.math("MULTIPLY", line, axes[2])
    if kind.fastened == "zip" and sum(garment.colour) <= 0.6:
        return graph.mix(line, colour, _METAL)
    depth = 0.55 if kind.outer else 0.3
    return graph.multiply(colour, graph.math("MULTIPLY_ADD", line, -depth, 1.0))


def _mixed(graph: Graph, garment: Garment, share: Socket) -> Socket:
    """The garment's two colours, half-way as the eye sees it: by light, the brighter of two would
    take over a plaid that goes by the other's name."""
    as_seen = graph.mix(share, (*garment.colour, 1.0), (*garment.second_colour, 1.0))
    return graph.add("ShaderNodeGamma", {0: as_seen, 1: 2.2}).outputs[0]


def _twill(graph: Graph) -> tuple[Socket, float]:
    """Denim: speckled, washed out in places. Shade about 1, and the share of it that is relief."""
    rest = graph.add("ShaderNodeAttribute", attribute_name="rest").outputs["Vector"]
    worn = graph.add("ShaderNodeTexNoise", {"Vector": rest, "Scale": 14.0, "Detail": 0.0})
    speckle = graph.add("ShaderNodeTexNoise", {"Vector": rest, "Scale": 420.0, "Detail": 0.0})
    washed = graph.math("MULTIPLY_ADD", worn.outputs[0], 0.7, 0.4)
    fine = graph.math("MULTIPLY_ADD", speckle.outputs[0], 0.7, 0.9)
    return graph.math("MULTIPLY", washed, fine), 0.1


def _stitches(graph: Graph, across: Socket) -> tuple[Socket, float]:
    """Knitwear: ribs that run down. Shade about 1, and the share of it that is relief."""
    phase = graph.math("MULTIPLY", across, 2 * np.pi / 0.011)
    rib = graph.math("SINE", phase)
    return graph.math("MULTIPLY_ADD", rib, 0.16, 1.0), 0.8


def _pattern(graph: Graph, garment: Garment, axes: list[Socket]) -> Socket | None:
    """Where (0 to 1) the second colour shows, over the cloth's own coordinates; None: nowhere."""
    x, z, front = axes
    scale = garment.pattern_scale

    def wave(axis: Socket, period: float, share: float, shift: float = 0.0) -> Socket:
        phase = graph.math("MULTIPLY_ADD", axis, 1 / (period * scale), shift)
        return graph.math("LESS_THAN", graph.math("FRACT", phase), share)

    def both(period: float, share: float, weight: float, shift: float = 0.0) -> Socket:
        crossed = graph.math("ADD", wave(x, period, share, shift), wave(z, period, share, shift))
        return graph.math("MULTIPLY", crossed, weight)

    if garment.pattern == "hoops":
        return wave(z, 0.034, 0.42)
    if garment.pattern == "stripes":
        return wave(x, 0.026, 0.35)
    if garment.pattern == "check":
        return both(0.024, 0.44, 0.5)
    if garment.pattern == "plaid":
        # A tartan's sett: broad bands, and a thin line in the middle of the ground.
        return graph.math("ADD", both(0.058, 0.36, 0.32), both(0.058, 0.06, 0.5, 0.32))
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
        # On the middle of the chest; on what is worn open, a badge beside the opening.
        middle, wide, tall = (0.082, 0.02, 0.016) if garment.open else (0.0, 0.042, 0.026)
        across = graph.math("ABSOLUTE", graph.math("SUBTRACT", x, middle))
        wide = graph.math("LESS_THAN", across, wide * min(scale, 1.3))
        high = graph.math("ABSOLUTE", graph.math("SUBTRACT", z, 0.735))
        tall = graph.math("LESS_THAN", high, tall)
        return graph.math("MULTIPLY", graph.math("MULTIPLY", wide, tall), front)
    return None


def _picture(
    graph: Graph, garment: Garment, axes: list[Socket], stature: float, file: Path
) -> Socket:
    """The picture, as wide as the garment says and mirrored where it ends, upright and the right
    way round in front and behind."""
    image = _loaded(file)
    tall = garment.picture_width * image.size[1] / image.size[0]
    back = graph.math("GREATER_THAN", 0.5, axes[2])
    turned = graph.math("MULTIPLY_ADD", back, -2.0, 1.0)
    across = graph.math("MULTIPLY", axes[0], turned)
    place = graph.add(
        "ShaderNodeCombineXYZ",
        {
            0: graph.math(
                "MULTIPLY_ADD", across, stature / garment.picture_width, garment.picture_at[0]
            ),
            1: graph.math("MULTIPLY_ADD", axes[1], stature / tall, garment.picture_at[1]),
        },
    ).outputs[0]
    return graph.add(
        "ShaderNodeTexImage", {"Vector": place}, image=image, extension="MIRROR"
    ).outputs["Color"]


def _loaded(file: Path) -> bpy.types.Image:
    """The picture in Blender, once for all garments of a scene, no larger than needed."""
    name = f"cloth {file.name}"
    known = bpy.data.images.get(name)
    if known is not None:
        return known
    small = cloth(file)
    small.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    pixels = np.ones((small.height, small.width, 4), np.float32)
    # Blender counts rows from below.
    pixels[..., :3] = np.asarray(small, np.float32)[::-1] / 255
    image = bpy.data.images.new(name, small.width, small.height)
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    return image
