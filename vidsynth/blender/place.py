"""A site's blocks and ground as one Blender object, and its lamps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import bpy
import numpy as np

from vidsynth.blender.nodes import linear
from vidsynth.blender.surfaces import (
    STEEP,
    ceiling_material,
    panel_material,
    surface_material,
)
from vidsynth.blender.walkers import new_mesh
from vidsynth.places.sites.site import Block, Lamp, Site, Surface
from vidsynth.places.sky.air import Air
from vidsynth.places.sky.light import INDOORS

_GROUND_REACH = 120.0
_OVERHEAD = 2.0
"""Metres above which what faces down is a ceiling's."""
DRY = Air()


def build_place(site: Site, lamps: float = 1.0, air: Air = DRY) -> None:
    """Add everything of the site that is not a person to the scene.

    ``lamps`` is the share of their power that street lamps give; ``air`` wets or whitens what lies
    open to the sky.
    """
    groups: dict[Surface, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)
    reach = _GROUND_REACH
    ground = np.array(
        [(-reach, -reach, 0), (reach, -reach, 0), (reach, reach, 0), (-reach, reach, 0)]
    )
    groups[site.ground].append((ground[None].astype(float), ground[None, :, :2].astype(float)))
    for block in (*site.blocks, *site.obstacles):
        groups[block.surface].append(_SHAPES[block.shape](block))
    # One mesh for all: rays find their way through it faster than through fifty.
    parts = [part for surface in groups.values() for part in surface]
    corners = np.concatenate([quads for quads, _ in parts])
    uv = np.concatenate([texture for _, texture in parts])
    mesh = new_mesh("site", corners.reshape(-1, 3), np.arange(corners.size // 3).reshape(-1, 4))
    layer = mesh.uv_layers.new(name="metres")
    layer.data.foreach_set("uv", uv.astype(np.float32).ravel())
    faces = [sum(len(quads) for quads, _ in surface) for surface in groups.values()]
    of = np.repeat(np.arange(len(faces), dtype=np.int32), faces)
    for surface in groups:
        mesh.materials.append(surface_material(surface))
    if air.wetness or air.whiteness:
        for surface in groups:
            mesh.materials.append(surface_material(surface, air.wetness, air.whiteness))
        of[np.abs(_facing(corners)) > STEEP] += len(groups)
    if site.indoor and site.lamps:
        over = (_facing(corners) < -STEEP) & (corners[..., 2].min(1) > _OVERHEAD)
        light = _from_below(site, corners[over])
        used, number = np.unique(of[over], return_inverse=True)
        of[over] = len(groups) + number
        for surface in (list(groups)[k] for k in used):
            mesh.materials.append(ceiling_material(surface, light))
        _show_lamps(site.lamps)
    mesh.polygons.foreach_set("material_index", of)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(mesh.name, mesh))
    for lamp in site.lamps:
        share = lamps if lamp.outdoor else 1.0
        if share:
            _hang(lamp, share)


def _facing(quads: np.ndarray) -> np.ndarray:
    """(F,) where quads (F, 4, 3) face: 1 up, 0 aside, -1 down."""
    normals = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    up: np.ndarray = normals[:, 2] / np.maximum(np.linalg.norm(normals, axis=1), 1e-12)
    return up


def _from_below(site: Site, ceiling: np.ndarray) -> tuple[float, ...]:
    """Irradiance (RGB) that the floor sends up to a ceiling of quads (F, 4, 3): of the lamps'
    light, nearly all of which falls on it, and of the ambient light."""
    across = np.cross(ceiling[:, 2] - ceiling[:, 0], ceiling[:, 3] - ceiling[:, 1])
    area = float(np.linalg.norm(across, axis=1).sum()) / 2
    fallen = sum(lamp.power * np.array(lamp.colour) for lamp in site.lamps) / max(area, 1.0)
    floor = np.array(linear(site.ground.colour)[:3])
    return tuple(map(float, floor * fallen + np.pi * np.array(INDOORS.zenith)))


def _show_lamps(lamps: tuple[Lamp, ...]) -> None:
    """Panels behind lamps that face down: Blender shows no lamp itself."""
    square = np.array([(-1, 1, 0), (1, 1, 0), (1, -1, 0), (-1, -1, 0)]) / 2
    quads = np.concatenate([lamp.size * square + lamp.at + [0, 0, 0.01] for lamp in lamps])
    mesh = new_mesh("panels", quads, np.arange(len(quads)).reshape(-1, 4))
    shine = np.mean([lamp.power / lamp.size**2 * np.array(lamp.colour) for lamp in lamps], axis=0)
    mesh.materials.append(panel_material(tuple(map(float, shine / np.pi))))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(mesh.name, mesh))


def _hang(lamp: Lamp, share: float) -> None:
    light = bpy.data.lights.new("lamp", "AREA")
    light.energy, light.size, light.color = share * lamp.power, lamp.size, lamp.colour
    light.use_shadow = True
    thing = bpy.data.objects.new("lamp", light)
    thing.location = lamp.at
    bpy.context.scene.collection.objects.link(thing)


def _placed(block: Block, quads: np.ndarray) -> np.ndarray:
    """Quads (F, 4, 3) around the origin, turned and put where the block stands."""
    c, s = np.cos(block.turn), np.sin(block.turn)
    return quads @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]]) + block.at


def _box(block: Block) -> tuple[np.ndarray, np.ndarray]:
    x, y, z = block.size[0] / 2, block.size[1] / 2, block.size[2]
    corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    quads, texture, run = [], [], 0.0
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        width = float(np.hypot(bx - ax, by - ay))
        quads.append([(ax, ay, 0), (bx, by, 0), (bx, by, z), (ax, ay, z)])
        texture.append([(run, 0), (run + width, 0), (run + width, z), (run, z)])
        run += width
    quads += [
        [(-x, -y, z), (x, -y, z), (x, y, z), (-x, y, z)],
        [(-x, y, 0), (x, y, 0), (x, -y, 0), (-x, -y, 0)],
    ]
    texture += [[(-x, -y), (x, -y), (x, y), (-x, y)], [(-x, y), (x, y), (x, -y), (-x, -y)]]
    return _placed(block, np.array(quads, float)), np.array(texture, float)


def _turned(block: Block, profile: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """A surface of revolution: ``profile`` (radius share, height share) from bottom to top."""
    angles = np.linspace(0, 2 * np.pi, 17)
    width, depth, height = block.size
    shares, heights = np.array(profile).T
    around = np.stack([width / 2 * np.cos(angles), depth / 2 * np.sin(angles)], -1)
    rings = np.empty((len(profile), len(angles), 3))
    rings[..., :2] = shares[:, None, None] * around
    rings[..., 2] = height * heights[:, None]
    texture = np.empty((*rings.shape[:2], 2))
    texture[..., 0] = width / 2 * angles
    texture[..., 1] = rings[..., 2]
    quads, metres = (
        np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], 2).reshape(
            -1, 4, grid.shape[-1]
        )
        for grid in (rings, texture)
    )
    return _placed(block, quads), metres


def _cylinder(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (1, 1), (0.001, 1)])


def _sphere(block: Block) -> tuple[np.ndarray, np.ndarray]:
    steps = np.linspace(-np.pi / 2, np.pi / 2, 9)
    return _turned(block, [(max(np.cos(t), 0.001), (np.sin(t) + 1) / 2) for t in steps])


def _cone(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (0.001, 1)])


def _hill(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (0.80, 0.22), (0.52, 0.62), (0.26, 0.90), (0.001, 1)])


_SHAPES: dict[str, Callable[[Block], tuple[np.ndarray, np.ndarray]]] = {
    "box": _box, "cylinder": _cylinder, "sphere": _sphere, "cone": _cone, "hill": _hill,
}  # fmt: skip
