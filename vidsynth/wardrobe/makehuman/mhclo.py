"""Reads MakeHuman's ``.mhclo``: how vertices of clothes are bound to those of the base mesh hm08.

Each vertex of the clothes is bound to one vertex of the body, or to three with a weight each and an
offset, whose axes are x to the person's left, y up, z to the front, in units of the body's own
size: ``x_scale A B L`` says that the distance from vertex A to B along x was L where the offset was
taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from strict_reading import named, shown, whole_number
from vidsynth.body.anatomy import VERTICES
from vidsynth.errors import AssetError

AXES = ("x_scale", "y_scale", "z_scale")
_SECTIONS = ("verts", "weights", "delete_verts")
_SINGLE, _TRIPLE, _OFFSET = 1, 6, 9


@dataclass(frozen=True, eq=False)
class Clothing:
    """What a file says of N vertices.

    ``bound`` (N, 3) vertices of the body with ``shares`` (N, 3); ``offsets`` (N, 3) along the
    file's axes; ``scales`` (A, B, L) for each of AXES that the file has; ``deleted`` vertices of
    the body that the clothes hide; what has more ``z_depth`` is worn over what has less.
    """

    path: Path
    name: str
    tags: tuple[str, ...]
    mesh: Path
    material: Path | None
    z_depth: int
    bound: np.ndarray
    shares: np.ndarray
    offsets: np.ndarray
    scales: dict[str, tuple[int, int, float]]
    deleted: np.ndarray


def read_mhclo(path: Path) -> Clothing:
    """Raises AssetError with the file, the line, what was expected and what was found."""
    head: dict[str, list[str]] = {}
    tags: list[str] = []
    rows: list[list[float]] = []
    deleted: list[int] = []
    section = ""
    for number, line in enumerate(text_lines(path), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        where = f"{path}, line {number}"
        if words[0] in _SECTIONS:
            section = words[0]
            deleted += _range(words[1:], where) if section == "delete_verts" else []
        elif words[0][0].isalpha():
            # Such lines stand before the bindings, between them and after.
            if words[0] in ("tag", "tags"):
                tags.append(" ".join(words[1:]))
            else:
                head[words[0]] = [where, *words[1:]]
        elif section == "verts":
            rows.append(_binding(words, where))
        elif section == "delete_verts":
            deleted += _range(words, where)
        elif section != "weights":
            raise AssetError(
                f"{where}: expected 'verts 0' before numbers, found {shown(line.strip())}."
            )
    if not rows:
        raise AssetError(f"{path}: expected 'verts 0' and a line for each vertex, found none.")
    for_body = head.get("basemesh", ["", "hm08"])[1:]
    if for_body[:1] != ["hm08"]:
        raise AssetError(
            f"{head['basemesh'][0]}: expected clothes for the base mesh hm08, found "
            f"{' '.join(for_body) or 'no name'}: convert them with MakeClothes."
        )
    table = np.array(rows)
    mesh = _file(head, "obj_file", path)
    if mesh is None:
        raise AssetError(f"{path}: expected a line 'obj_file NAME.obj', found none.")
    return Clothing(
        path=path,
        name=" ".join(head.get("name", ["", path.stem])[1:]),
        tags=tuple(tags),
        mesh=mesh,
        material=_file(head, "material", path),
        z_depth=_whole(head, "z_depth", 50),
        bound=table[:, :3].astype(np.int64),
        shares=table[:, 3:6],
        offsets=table[:, 6:],
        scales={axis: _scale(head[axis]) for axis in AXES if axis in head},
        deleted=np.unique(np.array(deleted, dtype=np.int64)),
    )


def text_lines(path: Path) -> list[str]:
    """The lines of an asset's file, whatever its encoding. Raises AssetError."""
    try:
        if path.exists() and not path.is_file():
            raise AssetError(f"Cannot read {path}: it is no regular file.")
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise AssetError(f"Cannot read {path}: {error.strerror}.") from None


def _binding(words: list[str], where: str) -> list[float]:
    """Three vertices, three weights and an offset."""
    if len(words) not in (_SINGLE, _TRIPLE, _OFFSET):
        raise AssetError(
            f"{where}: expected a vertex, or three vertices, three weights and an offset of three "
            f"(1 or 9 columns), found {len(words)} columns."
        )
    if len(words) == _SINGLE:
        vertex = body_vertex(words[0], where)
        return [vertex, vertex, vertex, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    vertices = [body_vertex(word, where) for word in words[:3]]
    values = [number(word, where) for word in words[3:]]
    values += [0.0] * (6 - len(values))
    total = sum(values[:3])
    if abs(total - 1) > 0.02:
        raise AssetError(f"{where}: expected weights that sum to 1, found {total:.5g}.")
    return [*vertices, *(value / total for value in values[:3]), *values[3:]]


def _range(words: list[str], where: str) -> list[int]:
    """``3 7 - 9`` as 3, 7, 8, 9."""
    parts = " ".join(words).replace("-", " - ").split()
    found: list[int] = []
    for k, part in enumerate(parts):
        if part != "-":
            found.append(body_vertex(part, where))
        elif not found or k + 1 == len(parts) or parts[k + 1] == "-":
            raise AssetError(
                f"{where}: expected vertices and ranges A - B, found {shown(' '.join(words))}."
            )
        else:
            found += range(found[-1] + 1, body_vertex(parts[k + 1], where))
    return found


def body_vertex(word: str, where: str) -> int:
    """A vertex of the base mesh, helpers included."""
    found = whole_number(word)
    if found is None or found >= VERTICES:
        raise AssetError(
            f"{where}: expected a vertex of hm08, 0 to {VERTICES - 1}, found {shown(word)}."
        )
    return found


def number(word: str, where: str) -> float:
    """A finite number in ASCII digits, below 1e15 in size."""
    try:
        value = float(word) if word.isascii() else np.nan
    except ValueError:
        value = np.nan
    if not abs(value) < 1e15:
        raise AssetError(f"{where}: expected a number, found {shown(word)}.")
    return value


def _scale(entry: list[str]) -> tuple[int, int, float]:
    where, *words = entry
    if len(words) != 3:
        raise AssetError(
            f"{where}: expected two vertices and a length, found {shown(' '.join(words))}."
        )
    length = number(words[2], where)
    if length <= 0:
        raise AssetError(f"{where}: expected a length above 0, found {words[2]}.")
    return body_vertex(words[0], where), body_vertex(words[1], where), length


def _file(head: dict[str, list[str]], key: str, path: Path) -> Path | None:
    """The file that a line names, beside the ``.mhclo``."""
    if key not in head:
        return None
    where, *words = head[key]
    return beside(path, " ".join(words), where)


def beside(path: Path, name: str, where: str, what: str = "file") -> Path:
    """The file ``name`` in the folder of ``path``. Raises AssetError where there is none."""
    found = path.parent / name
    try:
        there = bool(name) and found.is_file()
    except (OSError, ValueError):  # a name that is too long, or with a NUL in it
        there = False
    if not there:
        raise AssetError(f"{where}: expected the {what} {named(found)}, found no such file.")
    return found


def _whole(head: dict[str, list[str]], key: str, default: int) -> int:
    if key not in head:
        return default
    where, *words = head[key]
    return int(number(" ".join(words), where))
