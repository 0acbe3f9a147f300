"""Adds and removes things that stand between camera and person."""

from __future__ import annotations

import bpy
import numpy as np

from vidsynth.blender.nodes import Graph, linear
from vidsynth.blender.walkers import new_mesh
from vidsynth.cameras.camera import Camera
from vidsynth.planning.take import Occluder
from vidsynth.user_files.pictures import for_blender

_WIDTH = 0.5
"""A person's, metres."""

_CORNERS = np.array([(x, y, z) for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)], float)
_SIDES = np.array(
    [(0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6), (4, 5, 7, 6), (0, 2, 3, 1)]
)

Part = tuple[tuple[float, float, float], tuple[float, float, float]]
"""A box: where its bottom centre is, to the camera's right, towards the camera and up; its size."""


def add_occluder(occluder: Occluder, camera: Camera, stature: float) -> list[str]:
    """Adds the occluder before the person the camera looks at; returns its objects' names."""
    out = -camera.R[2][:2] / max(np.hypot(*camera.R[2][:2]), 1e-6)
    slope = max((camera.position[2] - stature / 2) / max(_ground_distance(camera), 0.5), 0.0)
    # What covers the person up to here is as high as the line of sight above it.
    top = max(0.15, occluder.cover * stature + slope * occluder.near)
    if occluder.kind == "picture":
        return [_cutout(occluder, camera, out, top)]
    parts = _parts(occluder, top, stature + slope * occluder.near + 0.5)
    right = np.array([-out[1], out[0]])
    middle = np.asarray(camera.look_at[:2])
    axes = np.array([[*right, 0], [*out, 0], [0, 0, 1.0]])
    vertices = np.concatenate([(_CORNERS * size + at) @ axes for at, size in parts])
    vertices += [*middle, 0]
    quads = np.concatenate([_SIDES + 8 * k for k in range(len(parts))])
    mesh = new_mesh("occluder", vertices, quads)
    material = bpy.data.materials.new("occluder")
    Graph(material).surface(linear(occluder.colour), 0.6)
    mesh.materials.append(material)
    return [_link(mesh)]


def remove_occluder(names: list[str]) -> None:
    """Removes what `add_occluder` added, data and all."""
    for name in names:
        thing = bpy.data.objects[name]
        mesh = thing.data
        materials = list(mesh.materials)
        bpy.data.objects.remove(thing)
        bpy.data.meshes.remove(mesh)
        for material in materials:
            bpy.data.materials.remove(material)
    for image in list(bpy.data.images):
        if image.users == 0:
            bpy.data.images.remove(image)


def _parts(occluder: Occluder, top: float, above: float) -> list[Part]:
    aside, near, width = occluder.aside, occluder.near, occluder.width
    if occluder.kind == "box":
        return [((aside, near, 0.0), (width, 0.3, top))]
    if occluder.kind == "pole":
        thick = max(0.05, occluder.cover * _WIDTH)
        return [((aside, near, 0.0), (thick, thick, above))]
    bars: list[Part] = [
        ((aside, near, share * top - 0.05), (2.4, 0.04, 0.06)) for share in (0.35, 0.68, 1.0)
    ]
    posts: list[Part] = [((aside + x, near, 0.0), (0.06, 0.06, top)) for x in (-1.0, 0.0, 1.0)]
    fill: list[Part] = [
        ((aside + x, near, 0.12), (0.02, 0.02, top - 0.15)) for x in np.linspace(-1.2, 1.2, 17)
    ]
    return bars + posts + fill


def _cutout(occluder: Occluder, camera: Camera, out: np.ndarray, top: float) -> str:
    """An upright board with the picture on it, standing on the ground."""
    assert occluder.picture is not None
    image = bpy.data.images.load(str(for_blender(occluder.picture)))
    wide = top * image.size[0] / max(image.size[1], 1)
    right = np.array([-out[1], out[0], 0.0])
    foot = np.array([*camera.look_at[:2], 0.0]) + occluder.near * np.array([*out, 0.0])
    foot = foot + occluder.aside * right
    half, up = right * wide / 2, np.array([0, 0, top])
    mesh = new_mesh(
        "occluder", np.array([foot - half, foot + half, foot + half + up, foot - half + up]),
        np.array([[0, 1, 2, 3]]),
    )  # fmt: skip
    layer = mesh.uv_layers.new(name="picture")
    layer.data.foreach_set("uv", np.array([0, 0, 1, 0, 1, 1, 0, 1], np.float32))
    material = bpy.data.materials.new("occluder")
    graph = Graph(material)
    texture = graph.add("ShaderNodeTexImage", image=image)
    graph.surface(texture.outputs["Color"], 0.9, Alpha=texture.outputs["Alpha"])
    mesh.materials.append(material)
    return _link(mesh)


def _link(mesh: bpy.types.Mesh) -> str:
    thing = bpy.data.objects.new("occluder", mesh)
    bpy.context.scene.collection.objects.link(thing)
    return str(thing.name)


def _ground_distance(camera: Camera) -> float:
    return float(np.hypot(*np.subtract(camera.position, camera.look_at)[:2]))
