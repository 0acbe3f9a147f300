"""A site's blocks and ground as one Blender object, and its lamps."""

from __future__ import annotations

from collections import defaultdict

import bpy
import numpy as np

from vidsynth.blender.nodes import linear
from vidsynth.blender.shapes import SHAPES
from vidsynth.blender.surfaces import (
    STEEP,
    ceiling_material,
    panel_material,
    surface_material,
)
from vidsynth.blender.walkers import new_mesh
from vidsynth.places.sites.site import Lamp, Site, Surface, Window
from vidsynth.places.sky.air import Air
from vidsynth.places.sky.light import INDOORS, Rgb
from vidsynth.places.sky.rooms import RoomLight, lit, seen_colour, shining

_GROUND_REACH = 120.0
_OVERHEAD = 2.0
"""Metres above which what faces down is a ceiling's."""
DRY = Air()
_DARK_PANEL = 0.15
"""Radiance of a lamp that is off: pale plastic in the light of the others."""


def build_place(
    site: Site, lamps: float = 1.0, air: Air = DRY, room: RoomLight | None = None
) -> None:
    """Add everything of the site that is not a person to the scene.

    ``lamps`` is the share of their power that street lamps give; ``air`` wets or whitens what lies
    open to the sky; ``room`` is the light indoors.
    """
    hung = site.lamps if room is None else lit(site, room)
    groups: dict[Surface, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)
    reach = _GROUND_REACH
    ground = np.array(
        [(-reach, -reach, 0), (reach, -reach, 0), (reach, reach, 0), (-reach, reach, 0)]
    )
    groups[site.ground].append((ground[None].astype(float), ground[None, :, :2].astype(float)))
    for block in (*site.blocks, *site.obstacles):
        groups[block.surface].append(SHAPES[block.shape](block))
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
    if site.indoor and hung:
        over = (_facing(corners) < -STEEP) & (corners[..., 2].min(1) > _OVERHEAD)
        ambient = (INDOORS if room is None else room.ambient).zenith
        light = _from_below(site, hung, ambient, corners[over])
        used, number = np.unique(of[over], return_inverse=True)
        of[over] = len(groups) + number
        for surface in (list(groups)[k] for k in used):
            mesh.materials.append(ceiling_material(surface, light))
        _show_lamps(hung)
    mesh.polygons.foreach_set("material_index", of)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(mesh.name, mesh))
    for lamp in hung:
        share = lamps if lamp.outdoor else 1.0
        if share * lamp.power:
            _hang(lamp, share)
    if room is not None:
        for window in site.windows:
            _open(window, room)


def _facing(quads: np.ndarray) -> np.ndarray:
    """(F,) where quads (F, 4, 3) face: 1 up, 0 aside, -1 down."""
    normals = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    up: np.ndarray = normals[:, 2] / np.maximum(np.linalg.norm(normals, axis=1), 1e-12)
    return up


def _from_below(
    site: Site, lamps: tuple[Lamp, ...], ambient: Rgb, ceiling: np.ndarray
) -> tuple[float, ...]:
    """Irradiance (RGB) that the floor sends up to a ceiling of quads (F, 4, 3): of the lamps'
    light, nearly all of which falls on it, and of the ambient light."""
    across = np.cross(ceiling[:, 2] - ceiling[:, 0], ceiling[:, 3] - ceiling[:, 1])
    area = float(np.linalg.norm(across, axis=1).sum()) / 2
    fallen = sum(lamp.power * np.array(lamp.colour) for lamp in lamps) / max(area, 1.0)
    floor = np.array(linear(site.ground.colour)[:3])
    return tuple(map(float, floor * fallen + np.pi * np.array(ambient)))


def _show_lamps(lamps: tuple[Lamp, ...]) -> None:
    """Panels behind lamps that face down, dark ones too: Blender shows no lamp itself."""
    square = np.array([(-1, 1, 0), (1, 1, 0), (1, -1, 0), (-1, -1, 0)]) / 2
    quads = np.concatenate([lamp.size * square + lamp.at + [0, 0, 0.01] for lamp in lamps])
    mesh = new_mesh("panels", quads, np.arange(len(quads)).reshape(-1, 4))
    powers = np.array([lamp.power for lamp in lamps])
    level = np.where(powers > 0.5 * powers.max(), 0, 1)  # bright panels, and dim or dark ones
    for number in range(level.max() + 1):
        some = [lamp for lamp, its in zip(lamps, level, strict=True) if its == number]
        shine = np.mean([x.power / x.size**2 * np.array(x.colour) for x in some], axis=0) / np.pi
        mesh.materials.append(panel_material(tuple(map(float, np.maximum(shine, _DARK_PANEL)))))
    mesh.polygons.foreach_set("material_index", level.astype(np.int32))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(mesh.name, mesh))


def _hang(lamp: Lamp, share: float) -> None:
    light = bpy.data.lights.new("lamp", "AREA")
    light.energy, light.size, light.color = share * lamp.power, lamp.size, lamp.colour
    light.use_shadow = True
    thing = bpy.data.objects.new("lamp", light)
    thing.location = lamp.at
    bpy.context.scene.collection.objects.link(thing)


def _open(window: Window, room: RoomLight) -> None:
    """Light that a window lets in, by a lamp just inside it."""
    light = bpy.data.lights.new("window", "AREA")
    light.shape, light.size, light.size_y = "RECTANGLE", window.width, window.height
    light.energy, light.color = shining(window, room), seen_colour(room.window_temperature)
    thing = bpy.data.objects.new("window", light)
    # A lamp that is not turned looks down; about x by -90 degrees it looks along -y.
    thing.location, thing.rotation_euler = window.at, (-np.pi / 2, 0.0, window.turn)
    bpy.context.scene.collection.objects.link(thing)
