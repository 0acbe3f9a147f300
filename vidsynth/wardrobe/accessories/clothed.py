"""The clothed person that things are fitted to: standing still, arms as their posture has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from vidsynth.body.anatomy import BODY, BONES, VERTICES, anatomy
from vidsynth.geometry.vectors import unit
from vidsynth.wardrobe.accessories.solids import Solid
from vidsynth.wardrobe.accessories.worn import FRAMES, Finish, Worn, part_rows

_ARMS = (
    "LThumb", "RThumb", "LeftArm", "LeftForeArm", "LeftHand", "LeftFingerBase", "LeftHandFinger1",
    "RightArm", "RightForeArm", "RightHand", "RightFingerBase", "RightHandFinger1",
)  # fmt: skip
_NEIGHBOURS = 6


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of a thing. ``bound`` to a part of the body as one rigid body (a key of FRAMES), to
    ``at`` on one part but turning with another (``hand/chest``), or to the ``cloth`` it lies on."""

    solid: Solid
    finish: Finish
    bound: str
    overhead: bool = False


@dataclass(frozen=True, eq=False)
class Clothed:
    """A dressed person who stands still, to fit things to. Metres.

    points: (N, 3) of the figure.
    body: (V, 3) vertices of the body in it.
    weights: (N, V) which tie the points to the body.
    triangles: (F, 3) of the figure.
    hair, arms: (N,) which points are of them.
    size, floor: stature, and height of the soles.
    heads: (31, 3) joints.
    """

    points: np.ndarray
    body: np.ndarray
    weights: sparse.csr_matrix
    triangles: np.ndarray
    hair: np.ndarray
    arms: np.ndarray
    size: float
    floor: float
    heads: np.ndarray

    def joint(self, name: str) -> np.ndarray:
        """Where a bone begins (3,)."""
        return self.heads[BONES.index(name)]

    def at(self, height: float) -> float:
        """The z of a height in statures of the average body."""
        return self.floor + height * self.size

    def ears(self) -> np.ndarray:
        """(2, 3) the outermost point of the left and of the right ear."""
        body = anatomy()
        x = np.where(body.bone_weight("Head")[BODY] > 0.95, body.rest[BODY, 0], 0)
        return self.body[[int(x.argmax()), int(x.argmin())]]

    def eyes(self) -> np.ndarray:
        """(2, 3) the middles of the left and of the right eyeball."""
        rows = np.unique(anatomy().triangles["eyes"])
        left = anatomy().rest[rows, 0] > 0
        return np.stack([self.body[rows[left]].mean(0), self.body[rows[~left]].mean(0)])

    def outermost(
        self, start: np.ndarray, way: np.ndarray, hair: bool = False, arms: bool = False
    ) -> np.ndarray:
        """(R, 3) the outermost points of the person along rays.

        They begin at ``start`` and go in directions ``way`` (R, 3); those that miss are filled in
        from their neighbours in the row. Hair and arms count if asked for.
        """
        left_out = (self.hair & (not hair)) | (self.arms & (not arms))
        triangles = self.triangles[~left_out[self.triangles].any(1)]
        start = np.broadcast_to(start, way.shape).astype(float)
        way = unit(way)
        distance = _last_hits(self.points[triangles], start, way)
        hit = np.isfinite(distance)
        if not hit.any():
            distance[:], hit[:] = 0.1, True
        order = np.arange(len(distance))
        distance = np.interp(order, order[hit], distance[hit])
        return start + distance[:, None] * way


def _last_hits(corners: np.ndarray, start: np.ndarray, way: np.ndarray) -> np.ndarray:
    """(R,) how far along each unit ray it meets the last of the triangles (F, 3, 3); NaN: none.
    Moeller and Trumbore, Fast, Minimum Storage Ray/Triangle Intersection, 1997."""
    origin = corners[:, 0]
    first, second = corners[:, 1] - origin, corners[:, 2] - origin
    # Few triangles are as near to the ray's line as their own size: the others need no more.
    size = np.maximum((first**2).sum(1), (second**2).sum(1)) + 1e-9
    x, y, z = np.ascontiguousarray(origin.T)
    found = np.full(len(start), np.nan)
    for k in range(len(start)):
        dx, dy, dz = x - start[k, 0], y - start[k, 1], z - start[k, 2]
        along = dx * way[k, 0] + dy * way[k, 1] + dz * way[k, 2]
        near = np.flatnonzero(dx * dx + dy * dy + dz * dz - along * along <= size)
        cross = np.cross(way[k], second[near])
        scale = (first[near] * cross).sum(1)
        scale = np.where(np.abs(scale) < 1e-12, np.inf, scale)
        gap = start[k] - origin[near]
        u = (gap * cross).sum(1) / scale
        turned = np.cross(gap, first[near])
        v = turned @ way[k] / scale
        t = (second[near] * turned).sum(1) / scale
        met = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (t > 1e-6) & np.isfinite(scale)
        if met.any():
            found[k] = t[met].max()
    return found


def assemble(parts: list[Part], clothed: Clothed) -> Worn:
    """All parts tied to the body."""
    weights, offsets, frames, triangles, slots = [], [], [], [], []
    finishes: list[Finish] = []
    overhead = []
    tree = cKDTree(clothed.points)
    names = list(FRAMES)
    count = 0
    for part in parts:
        points = part.solid.points
        if part.bound == "cloth":
            tied = _to_cloth(points, tree, clothed)
            frame = "chest"
        else:
            spot, _, frame = part.bound.partition("/")
            frame = frame or spot
            rows = part_rows(spot)
            tied = sparse.csr_matrix(
                (
                    np.full(len(points) * len(rows), 1 / len(rows)),
                    (np.repeat(np.arange(len(points)), len(rows)), np.tile(rows, len(points))),
                ),
                shape=(len(points), VERTICES),
            )
        weights.append(tied)
        offsets.append(points - tied @ clothed.body)
        frames.append(np.full(len(points), names.index(frame)))
        overhead.append(np.full(len(points), part.overhead))
        triangles.append(part.solid.triangles + count)
        count += len(points)
        if part.finish not in finishes:
            finishes.append(part.finish)
        slots.append(np.full(len(part.solid.triangles), finishes.index(part.finish)))
    whole = np.vstack([part.solid.points for part in parts])
    return Worn(
        weights=sparse.vstack(weights, format="csr").astype(np.float32),
        offsets=np.vstack(offsets).astype(np.float32),
        frame=np.concatenate(frames),
        built=clothed.body,
        triangles=np.vstack(triangles),
        slots=np.concatenate(slots),
        finishes=tuple(finishes),
        rest=(whole - [0, 0, clothed.floor]) / clothed.size,
        overhead=np.concatenate(overhead),
    )


def _to_cloth(points: np.ndarray, tree: cKDTree, clothed: Clothed) -> sparse.csr_matrix:
    """(M, V) weights of the clothes' vertices around each point, the nearer the heavier."""
    gaps, near = tree.query(points, _NEIGHBOURS)
    share = 1 / (gaps + 0.005)
    share /= share.sum(1, keepdims=True)
    rows = np.repeat(np.arange(len(points)), _NEIGHBOURS)
    blend = sparse.csr_matrix(
        (share.ravel(), (rows, near.ravel())), shape=(len(points), len(clothed.points))
    )
    return (blend @ clothed.weights).tocsr()


def follows_arm(weights: sparse.csr_matrix) -> np.ndarray:
    """(N,) whether vertices with these weights (N, V) follow an arm or a hand."""
    return np.asarray(weights @ anatomy().bone_weight(*_ARMS)) > 0.5


def stature(body: np.ndarray) -> tuple[float, float]:
    """Height and floor of a body (V, 3) standing upright, metres."""
    low, high = float(body[BODY, 2].min()), float(body[BODY, 2].max())
    return high - low, low
