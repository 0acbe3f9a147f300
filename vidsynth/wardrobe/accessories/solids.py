"""Simple solids as meshes: all of them are rings of points with a skin between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.geometry.vectors import unit


@dataclass(frozen=True, eq=False)
class Solid:
    """``points`` (N, 3) metres and ``triangles`` (F, 3)."""

    points: np.ndarray
    triangles: np.ndarray

    def turned(self, turn: np.ndarray) -> Solid:
        """Turned about the origin by (3, 3)."""
        return Solid(self.points @ turn.T, self.triangles)

    def moved(self, to: np.ndarray | tuple[float, float, float]) -> Solid:
        return Solid(self.points + np.asarray(to), self.triangles)


def loft(rings: np.ndarray, closed: bool = False, caps: bool = True, ring: bool = True) -> Solid:
    """A skin over rings (K, N, 3). ``closed``: the last joins the first; ``caps`` close the ends;
    ``ring``: in each ring the last point joins the first."""
    count, size = rings.shape[:2]
    points = rings.reshape(-1, 3)
    k = np.arange(count if closed else count - 1)[:, None]
    j = np.arange(size if ring else size - 1)[None]
    a, b = (k * size + j).ravel(), (k * size + (j + 1) % size).ravel()
    low = ((k + 1) % count) * size
    c, d = (low + (j + 1) % size).ravel(), (low + j).ravel()
    triangles = [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    if caps and not closed and ring:
        for at, order in ((0, (0, 2, 1)), (count - 1, (0, 1, 2))):
            centre = len(points)
            points = np.vstack([points, rings[at].mean(0)])
            around = at * size + np.arange(size)
            fan = np.stack([np.full(size, centre), around, np.roll(around, -1)], 1)
            triangles.append(fan[:, order])
    return Solid(points, np.vstack(triangles))


def join(*solids: Solid) -> Solid:
    """Several solids as one."""
    offsets = np.cumsum([0, *(len(s.points) for s in solids[:-1])])
    return Solid(
        np.vstack([s.points for s in solids]),
        np.vstack([s.triangles + o for s, o in zip(solids, offsets, strict=True)]),
    )


def pillow(size: tuple[float, float, float], squareness: float = 5.0, taper: float = 1.0) -> Solid:
    """A rounded box about the origin, ``size`` in x, y and z; the top is ``taper`` as wide.

    A superellipsoid: ``squareness`` 2 is an ellipsoid, more is squarer.
    """
    around = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    up = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 15)[1:-1])
    up = np.sign(up) * np.abs(up) ** 0.45
    power = 2 / squareness

    def root(value: np.ndarray) -> np.ndarray:
        rooted: np.ndarray = np.sign(value) * np.abs(value) ** power
        return rooted

    circle = np.stack([root(np.cos(around)), root(np.sin(around))], 1)
    wide = (1 - np.abs(up) ** squareness) ** (1 / squareness)
    wide = wide * np.interp(up, (-1, 1), (1.0, taper))
    rings = np.empty((len(up), len(around), 3))
    rings[:, :, :2] = wide[:, None, None] * circle
    rings[:, :, 2] = up[:, None]
    return loft(rings * np.asarray(size) / 2)


def lathe(profile: np.ndarray, sides: int = 24, closed: bool = False) -> Solid:
    """The profile (K, 2) of radius and height turned about the z axis."""
    around = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    circle = np.stack([np.cos(around), np.sin(around)], 1)
    rings = np.empty((len(profile), sides, 3))
    rings[:, :, :2] = profile[:, :1, None] * circle
    rings[:, :, 2] = profile[:, 1:]
    return loft(rings, closed=closed, caps=not closed)


def tube(
    path: np.ndarray, radius: float | np.ndarray, sides: int = 8, closed: bool = False
) -> Solid:
    """A round bar along a path (K, 3); ``radius`` metres, one or one for each point."""
    ahead = _along(path, closed)
    side = unit(np.cross(ahead, _off_axis(ahead)))
    # Each ring's start is carried over from the one before, or the skin would wring.
    for k in range(1, len(path)):
        carried = side[k - 1] - (side[k - 1] @ ahead[k]) * ahead[k]
        side[k] = carried / np.linalg.norm(carried)
    up = np.cross(ahead, side)
    around = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None, :, None]
    spread = np.broadcast_to(np.asarray(radius, float), len(path))[:, None, None]
    rings = path[:, None] + spread * (np.cos(around) * side[:, None] + np.sin(around) * up[:, None])
    return loft(rings, closed=closed)


def ribbon(
    path: np.ndarray,
    outward: np.ndarray,
    width: float | np.ndarray,
    thick: float,
    closed: bool = False,
) -> Solid:
    """A strap along a path (K, 3) whose outer side faces ``outward`` (K, 3)."""
    ahead = _along(path, closed)
    face = unit(outward - (outward * ahead).sum(1, keepdims=True) * ahead)
    side = np.cross(ahead, face)
    half = np.broadcast_to(np.asarray(width, float), len(path))[:, None] / 2
    rings = np.stack(
        [
            path - half * side, path - 0.8 * half * side + thick * face,
            path + 0.8 * half * side + thick * face, path + half * side,
        ],
        1,
    )  # fmt: skip
    return loft(rings, closed=closed)


def _along(path: np.ndarray, closed: bool) -> np.ndarray:
    ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    return unit(ahead)


def _off_axis(ahead: np.ndarray) -> np.ndarray:
    """For each direction (K, 3) the axis that is the least along it."""
    return np.eye(3)[np.abs(ahead).argmin(1)]
