"""Reads how bright people and their place are for a camera, before anybody enters.

How much light falls on people is read off grey stand-ins, the same for everybody: nobody's clothes
change the exposure.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.nodes import Graph
from vidsynth.blender.session import aim, expose
from vidsynth.blender.walkers import new_mesh
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.distances import metres_per_depth
from vidsynth.colour import luminance
from vidsynth.develop.exposure import Exposure, Reading, exposure
from vidsynth.motion.paths import stays_clear
from vidsynth.places.sites.site import Site
from vidsynth.places.sky.air import Air

_INDEX = 1
_REFLECTED = 0.18
"""Share of light that a stand-in reflects: a grey card's."""
_HEIGHT, _WIDTH = 1.7, 0.44
_SIDES = 8
_SPACING = 2.2


def meter(camera: Camera, site: Site, air: Air, level: float, folder: Path) -> Exposure:
    """What a camera's automatic exposure settles on at a site that nobody has entered yet.

    ``level`` is the share of the full brightness that the hour leaves.
    """
    reading = read_meter(camera, site, folder)
    return exposure(reading, reading.people_over_place(), air, level, indoor=site.indoor)


def people_over_place(site: Site, folder: Path) -> float:
    """How much brighter people are than their site, as seen from a corner of it."""
    x0, y0, x1, y1 = site.walk_area
    middle = ((x0 + x1) / 2, (y0 + y1) / 2, 0.9)
    corner = Camera(0, site.name, 1280, 720, 900.0, (x0, y0, 2.4), middle, Photometry())
    return read_meter(corner, site, folder).people_over_place()


def read_meter(camera: Camera, site: Site, folder: Path) -> Reading:
    """What the camera sees of the site and of stand-ins all over where people walk."""
    stand_ins = _stand_ins(site)
    aim(camera)
    try:
        width, height = camera.width // 20, camera.height // 20
        whole = (0, 0, width, height)
        if camera.lens is not None:
            view = expose(camera.resized(width, height), whole, 0, folder)
        else:
            render = bpy.context.scene.render
            render.resolution_percentage = 5
            view = expose(replace(camera, width=width, height=height), whole, 0, folder)
            render.resolution_percentage = 100
    finally:
        _remove(stand_ins)
    seen, people = luminance(view.colour.astype(float)), view.index == _INDEX
    away = view.depth * metres_per_depth(camera.resized(width, height), whole)
    return Reading(seen[~people], away[~people], seen[people], away[people])


def _stand_ins(site: Site) -> bpy.types.Object | None:
    """Grey columns as high as people, in one object; None where there is no room for any."""
    x0, y0, x1, y1 = site.walk_area
    across, along = (
        np.arange(low + _SPACING / 2, high, _SPACING) for low, high in ((x0, x1), (y0, y1))
    )
    solid = site.blocks + site.obstacles
    spots = [
        spot
        for x in across
        for y in along
        if stays_clear((spot := np.array([x, y]))[None], site.walk_area, solid)
    ]
    if not spots:
        return None
    angles = 2 * np.pi * np.arange(_SIDES) / _SIDES
    ring = _WIDTH / 2 * np.stack([np.cos(angles), np.sin(angles)], 1)
    low = (np.array(spots)[:, None] + ring).reshape(-1, 2)
    vertices = np.concatenate([np.insert(low, 2, z, axis=1) for z in (0.05, _HEIGHT)])
    near = np.arange(len(low)).reshape(-1, _SIDES)
    far = np.roll(near, -1, axis=1)
    quads = np.stack([near, far, far + len(low), near + len(low)], -1).reshape(-1, 4)
    mesh = new_mesh("stand-ins", vertices, quads)
    material = bpy.data.materials.new("stand-in")
    Graph(material).surface((_REFLECTED,) * 3 + (1.0,), 1.0)
    mesh.materials.append(material)
    thing = bpy.data.objects.new(mesh.name, mesh)
    thing.pass_index = _INDEX
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _remove(thing: bpy.types.Object | None) -> None:
    if thing is None:
        return
    mesh = thing.data
    (material,) = mesh.materials
    bpy.data.objects.remove(thing)
    bpy.data.meshes.remove(mesh)
    bpy.data.materials.remove(material)
