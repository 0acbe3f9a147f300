"""A board of bright dots, rendered in Blender's process and found again in the pixels."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from vidsynth.cameras.camera import Camera

DOT = 0.006
"""Radius of a dot, metres per metre of distance: a few pixels."""


def board(camera: Camera, columns: int = 7, rows: int = 5) -> np.ndarray:
    """World points (N, 3) where a chessboard's corners would be: 4 m away, a grid of pixels."""
    x = np.linspace(0.06, 0.94, columns) * camera.width
    y = np.linspace(0.08, 0.92, rows) * camera.height
    pixels = np.stack([a.ravel() for a in np.meshgrid(x, y)], 1)
    return np.array(camera.position) + 4.0 * camera.unproject(pixels)


def photograph_board(
    camera: Camera, points: np.ndarray, whole: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the dots at ``points`` (N, 3) are found: pixels (N, 2) by their light and by their
    index, and the depth (N,) in their middle. Rendered as one frame or each in a crop of its own.
    """
    import bpy

    from vidsynth.blender.session import aim, expose, new_scene

    new_scene("fast", "cpu")
    scene = bpy.context.scene
    scene.cycles.samples, scene.cycles.use_denoising = 32, False
    scene.cycles.sample_clamp_indirect = 0.0
    scene.world = bpy.data.worlds.new("dark")
    scene.world.color = (0.0, 0.0, 0.0)
    paint = bpy.data.materials.new("paint")
    paint.use_nodes = True
    tree = paint.node_tree
    tree.nodes.clear()
    glow = tree.nodes.new("ShaderNodeEmission")
    out = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(glow.outputs["Emission"], out.inputs["Surface"])
    for number, place in enumerate(points, 1):
        bpy.ops.mesh.primitive_ico_sphere_add(
            radius=DOT * float(np.linalg.norm(place - camera.position)),
            subdivisions=3,
            location=tuple(place),
        )
        dot = bpy.context.object
        dot.data.materials.append(paint)
        dot.pass_index = number
    aim(camera)
    pixels = camera.project(points)[0]
    by_light, by_index, depths = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        full = (0, 0, camera.width, camera.height)
        frame = expose(camera, full, 3, Path(folder)) if whole else None
        for number, (x, y) in enumerate(pixels, 1):
            near = np.array([x - 12, y - 12, x + 12, y + 12]).round().astype(int)
            box = tuple(int(v) for v in np.clip(near, 0, np.tile(full[2:], 2)))
            if frame is None:
                view = expose(camera, box, 3, Path(folder))
                light, index, depth = view.colour[..., 0], view.index, view.depth
            else:
                part = np.s_[box[1] : box[3], box[0] : box[2]]
                light, index, depth = (
                    frame.colour[part][..., 0],
                    frame.index[part],
                    frame.depth[part],
                )
            mine = index == number
            by_light.append(_middle(light) + box[:2])
            by_index.append(_middle(mine.astype(float)) + box[:2])
            depths.append(float(np.median(depth[mine])) if mine.any() else np.nan)
    return np.array(by_light), np.array(by_index), np.array(depths)


def _middle(weight: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(weight.shape) + 0.5
    total = max(float(weight.sum()), 1e-9)
    return np.array([(columns * weight).sum() / total, (rows * weight).sum() / total])
