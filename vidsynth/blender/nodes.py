"""Writing shader graphs in few words: nodes by type, sockets by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from vidsynth.colour import to_linear

Socket = Any
MATT = 0.7
"""Roughness from which on a surface does not shine."""

SHEEN = (0.015, 0.015, 0.015, 1.0)
"""What is left of a shine then: black cloth is not as black as a hole."""


class Graph:
    """A material's or world's node tree, emptied and ready to be written."""

    def __init__(self, owner: bpy.types.Material | bpy.types.World) -> None:
        owner.use_nodes = True
        self.owner = owner
        self.tree = owner.node_tree
        self.tree.nodes.clear()

    def add(self, kind: str, inputs: Mapping[Any, Any] | None = None, **settings: Any) -> Any:
        """A node; an input may be a value or another node's output socket."""
        node = self.tree.nodes.new(kind)
        for name, value in settings.items():
            setattr(node, name, value)
        for key, value in (inputs or {}).items():
            socket = node.inputs[key]
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, socket)
            else:
                socket.default_value = value
        return node

    def math(self, operation: str, *values: Any) -> Socket:
        """One arithmetic operation over numbers or sockets."""
        return self.add("ShaderNodeMath", dict(enumerate(values)), operation=operation).outputs[0]

    def mix(self, share: Any, first: Any, second: Any) -> Socket:
        """Colour ``first`` where share is 0, ``second`` where it is 1."""
        node = self.add("ShaderNodeMix", {0: share, 6: first, 7: second}, data_type="RGBA")
        return node.outputs[2]

    def multiply(self, first: Any, second: Any) -> Socket:
        """Two colours multiplied channel by channel; a number counts as a grey."""
        inputs = {0: 1.0, 6: first, 7: second}
        node = self.add("ShaderNodeMix", inputs, data_type="RGBA", blend_type="MULTIPLY")
        return node.outputs[2]

    def surface(self, colour: Any, roughness: float, bump: Any = None, **inputs: Any) -> None:
        """Finish a material; matt cloth, stone and the like by a diffuse BSDF, which costs a third
        less than a Principled one that hardly shines."""
        if isinstance(roughness, float) and roughness >= MATT and not inputs:
            sheen = {0: 1.0, 6: colour, 7: SHEEN}
            paler = self.add("ShaderNodeMix", sheen, data_type="RGBA", blend_type="ADD").outputs[2]
            matt = {"Color": paler} | ({} if bump is None else {"Normal": bump})
            diffuse = self.add("ShaderNodeBsdfDiffuse", matt)
            self.add("ShaderNodeOutputMaterial", {"Surface": diffuse.outputs[0]})
            return
        values = {
            "Base Color": colour, "Roughness": roughness, **inputs
        }  # fmt: skip
        if bump is not None:
            values["Normal"] = bump
        shader = self.add("ShaderNodeBsdfPrincipled", values)
        self.add("ShaderNodeOutputMaterial", {"Surface": shader.outputs[0]})

    def thin_cloth(self, colour: Any, light: tuple[float, ...]) -> None:
        """Finish a matt material that lets the share ``light`` (RGB) of what lamps, sun and sky
        send through, and that nobody sees through."""
        diffuse = self.add("ShaderNodeBsdfDiffuse", {"Color": colour})
        clear = self.add("ShaderNodeBsdfTransparent", {"Color": (*light, 1.0)})
        shadow = self.add("ShaderNodeLightPath").outputs["Is Shadow Ray"]
        both = {0: shadow, 1: diffuse.outputs[0], 2: clear.outputs[0]}
        mixed = self.add("ShaderNodeMixShader", both)
        self.add("ShaderNodeOutputMaterial", {"Surface": mixed.outputs[0]})

    def lit_from_within(self, colour: Any, glow: float) -> None:
        """Finish a matt material that also gives ``glow`` times its colour, and that no light is
        looked for at."""
        diffuse = self.add("ShaderNodeBsdfDiffuse", {"Color": colour})
        own = self.add("ShaderNodeEmission", {"Color": colour, "Strength": glow})
        both = self.add("ShaderNodeAddShader", {0: diffuse.outputs[0], 1: own.outputs[0]})
        self.add("ShaderNodeOutputMaterial", {"Surface": both.outputs[0]})
        self.owner.cycles.emission_sampling = "NONE"

    def emit(self, colour: Any, strength: Any = 1.0) -> None:
        """Finish a material that glows, and that no light is looked for at."""
        glow = self.add("ShaderNodeEmission", {"Color": colour, "Strength": strength})
        self.add("ShaderNodeOutputMaterial", {"Surface": glow.outputs[0]})
        self.owner.cycles.emission_sampling = "NONE"

    def bump(self, height: Socket, strength: float, distance: float) -> Socket:
        """A normal that follows ``height``; ``distance`` metres."""
        node = self.add(
            "ShaderNodeBump", {"Strength": strength, "Distance": distance, "Height": height}
        )
        return node.outputs[0]


def linear(colour: tuple[float, float, float], gain: float = 1.0) -> tuple[float, ...]:
    """sRGB (0 to 1) as the linear RGBA that Blender's sockets take."""
    r, g, b = (gain * to_linear(np.array(colour))).tolist()
    return r, g, b, 1.0
