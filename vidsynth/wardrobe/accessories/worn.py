"""Things on a posed body: each of their vertices moves with a few of the body's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from vidsynth.body.anatomy import BODY, anatomy
from vidsynth.colour import Colour

FRAMES: dict[str, tuple[tuple[str, ...], float]] = {
    "head": (("Head",), 0.95),
    "chest": (("Spine1", "LeftShoulder", "RightShoulder"), 0.6),
    "hips": (("Hips", "LHipJoint", "RHipJoint"), 0.5),
    "left-hand": (("LeftHand", "LeftFingerBase"), 0.8),
    "right-hand": (("RightHand", "RightFingerBase"), 0.8),
}
"""Parts of the body that turn as one: their bones, and the least share of these in a vertex."""

_ROWS = 40


@dataclass(frozen=True)
class Finish:
    """What a thing is made of: fabric, canopy (thin cloth that light comes through), strap, felt,
    knit, leather, plastic, metal, lens, screen or hair."""

    kind: str
    colour: Colour


@dataclass(frozen=True, eq=False)
class Worn:
    """Things of M vertices on a body.

    weights: (M, V) sparse, over the body's vertices.
    offsets: (M, 3) metres from there, in the frame of a part of the body.
    frame: (M,) which part, an index into FRAMES.
    built: (V, 3) the body in whose pose the offsets hold.
    triangles: (F, 3).
    slots: (F,) index into ``finishes``.
    rest: (M, 3) statures.
    overhead: (M,) whether it does not count for the person's box.
    """

    weights: sparse.csr_matrix
    offsets: np.ndarray
    frame: np.ndarray
    built: np.ndarray
    triangles: np.ndarray
    slots: np.ndarray
    finishes: tuple[Finish, ...]
    rest: np.ndarray
    overhead: np.ndarray

    def pose(self, vertices: np.ndarray) -> np.ndarray:
        """(M, 3) over a posed body (V, 3), metres."""
        points = self.weights @ vertices
        for index, name in enumerate(FRAMES):
            mine = self.frame == index
            if mine.any():
                points[mine] += self.offsets[mine] @ turn(name, self.built, vertices).T
        return points


def turn(frame: str, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(3, 3) by which a part of the body turned between two poses (V, 3), by least squares
    (Kabsch, A solution for the best rotation to relate two sets of vectors, 1976)."""
    rows = part_rows(frame)
    a, b = (pose[rows].astype(float) for pose in (before, after))
    u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    turned: np.ndarray = (u @ flip @ vt).T
    return turned


@lru_cache(maxsize=len(FRAMES))
def part_rows(frame: str) -> np.ndarray:
    """Some of the body's vertices, spread over the part."""
    bones, share = FRAMES[frame]
    rows = np.flatnonzero(anatomy().bone_weight(*bones)[BODY] > share)
    return rows[np.linspace(0, len(rows) - 1, min(_ROWS, len(rows))).astype(int)]
