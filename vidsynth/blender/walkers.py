"""A walker as a Blender mesh: built once a shot, its vertices rewritten every frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.accessories import finish_material
from vidsynth.blender.assets import UV
from vidsynth.blender.materials import person_materials
from vidsynth.people.face import skin_tint
from vidsynth.people.figure import Figure
from vidsynth.people.person import Person


@dataclass(frozen=True, eq=False)
class PersonObject:
    """A person's object in the scene."""

    mesh: bpy.types.Mesh

    def move(self, vertices: np.ndarray) -> None:
        """Put the mesh's vertices at (N, 3) world metres."""
        _set_positions(self.mesh, vertices)
        self.mesh.update()


def add_person(
    person: Person, figure: Figure, index: int, textures: Path | None = None
) -> PersonObject:
    """Add the person to the scene; its pixels carry ``index`` in the object-index pass. Pictures
    that clothes are made of are in the folder ``textures``."""
    mesh = new_mesh(f"person {person.person_id}", np.zeros_like(figure.rest), figure.triangles)
    for material in person_materials(person, figure.paints, textures):
        mesh.materials.append(material)
    if figure.worn is not None:
        for number, finish in enumerate(figure.worn.finishes):
            mesh.materials.append(finish_material(finish, number))
    slots = mesh.attributes.new("material_index", "INT", "FACE")
    slots.data.foreach_set("value", figure.slots.astype(np.int32))
    for name, kind, field, domain, values in (
        ("rest", "FLOAT_VECTOR", "vector", "POINT", figure.rest),
        ("cloth_at", "FLOAT_VECTOR", "vector", "CORNER", figure.cloth_at),
        ("tint", "FLOAT_COLOR", "color", "POINT", skin_tint(person, figure)),
    ):
        attribute = mesh.attributes.new(name, kind, domain)
        attribute.data.foreach_set(field, np.ascontiguousarray(values, np.float32).ravel())
    if figure.uv is not None:
        uv = mesh.attributes.new(UV, "FLOAT2", "CORNER")
        uv.data.foreach_set("vector", figure.uv.ravel())
    thing = bpy.data.objects.new(mesh.name, mesh)
    thing.pass_index = index
    bpy.context.scene.collection.objects.link(thing)
    return PersonObject(mesh)


def new_mesh(name: str, vertices: np.ndarray, polygons: np.ndarray) -> bpy.types.Mesh:
    """A smooth mesh of (N, 3) vertices and (F, 3) triangles or (F, 4) quads. None may have a corner
    twice, or be there twice: that is not looked for."""
    mesh = bpy.data.meshes.new(name)
    corners = polygons.shape[1]
    mesh.vertices.add(len(vertices))
    mesh.loops.add(polygons.size)
    mesh.polygons.add(len(polygons))
    # Attributes are written as they lie in memory, what the collections call the same value by
    # value.
    _set_positions(mesh, vertices)
    corner = mesh.attributes[".corner_vert"]
    corner.data.foreach_set("value", polygons.astype(np.int32).ravel())
    starts = np.arange(0, polygons.size, corners, dtype=np.int32)
    mesh.polygons.foreach_set("loop_start", starts)
    mesh.update(calc_edges=True)
    return mesh


def _set_positions(mesh: bpy.types.Mesh, vertices: np.ndarray) -> None:
    positions = mesh.attributes["position"].data
    positions.foreach_set("vector", np.ascontiguousarray(vertices, np.float32).ravel())
