"""Wavefront ``.obj``: positions, texture coordinates and faces, in the file's own order.

Libraries that read it split vertices at texture seams or drop unused ones; here the number of a
vertex must stay the line it stands in, as ``.mhclo`` binds vertices by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from strict_reading import shown, whole_number
from vidsynth.errors import AssetError
from vidsynth.wardrobe.makehuman.mhclo import number, text_lines


@dataclass(frozen=True, eq=False)
class Mesh:
    """``vertices`` how many; ``triangles`` (F, 3); ``uv`` (F, 3, 2) of each corner, 0 where the
    file has none; ``textured`` whether it has."""

    vertices: int
    triangles: np.ndarray
    uv: np.ndarray
    textured: bool


def read_obj(path: Path) -> Mesh:
    """Raises AssetError with the file, the line, what was expected and what was found."""
    lines = text_lines(path)
    count, places = 0, [(0.0, 0.0)]
    faces: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for at, line in enumerate(lines, 1):
        words, where = line.split(), f"{path}, line {at}"
        if not words:
            continue
        if words[0] == "v":
            if len(words) < 4:
                raise AssetError(f"{where}: expected 'v x y z', found {shown(line.strip())}.")
            [number(word, where) for word in words[1:4]]
            count += 1
        elif words[0] == "vt":
            if len(words) < 3:
                raise AssetError(f"{where}: expected 'vt u v', found {shown(line.strip())}.")
            places.append((number(words[1], where), number(words[2], where)))
        elif words[0] == "f":
            corners = [_corner(word, where, count, len(places) - 1) for word in words[1:]]
            if len(corners) < 3:
                raise AssetError(
                    f"{where}: expected a face of three or more, found {shown(line.strip())}."
                )
            for k in range(1, len(corners) - 1):
                triangle = [corners[0], corners[k], corners[k + 1]]
                around = tuple(sorted(vertex for vertex, _ in triangle))
                # Blender drops faces without area and faces that are there twice.
                if len(set(around)) == 3:
                    faces.setdefault(around, triangle)
    if not faces:
        raise AssetError(
            f"{path}: expected faces ('f 1/1 2/2 3/3'), found none in {len(lines)} lines."
        )
    corners_of = np.array(list(faces.values()))
    uv = np.array(places)[corners_of[..., 1]]
    return Mesh(count, corners_of[..., 0], uv, bool((corners_of[..., 1] > 0).all()))


def _corner(word: str, where: str, vertices: int, places: int) -> tuple[int, int]:
    """``v/vt/vn``: a vertex from 0, and a texture coordinate from 1, 0 for none."""
    parts = word.split("/")
    found = []
    for part, most, name in zip(parts[:2], (vertices, places), ("vertex", "vt"), strict=False):
        if name == "vt" and not part:
            continue
        index = whole_number(part.removeprefix("-")) or 0
        if part.startswith("-"):  # counted from the last one backwards
            index = most + 1 - index if index else 0
        if not 1 <= index <= most:
            raise AssetError(
                f"{where}: expected a {name} from 1 to {most}, of those in lines before, found "
                f"{shown(part)} in {shown(word)}."
            )
        found.append(index)
    return found[0] - 1, found[1] if len(found) > 1 else 0
