"""Coordinates of triangles in the plane of their cloth, for patterns and pictures.

Front and back are laid flat, so that a pattern keeps its size over chest and shoulders; they meet
in seams at the sides. Legs and sleeves are unrolled. A seam runs between triangles: what lies on
its two sides of the cloth is not squeezed into a row of them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.cutting import Piece
from vidsynth.wardrobe.sleeves import arm_joints, arm_parameter

_HIPS, _SHOULDERS = 0.50, 0.76
"""Heights between which the trunk is measured; beyond them it counts as it is there."""
_LEGS = (0.40, 0.48)
_SLEEVE, _INNER = 0.026, 0.75 * np.pi
"""Statures from an arm's middle to its sleeve; radians from its outer side to its inner."""
_STEPS = 7


_ARMHOLE = 0.08
"""Where along the arm sleeves are set in, of its length."""


def cloth_coordinates(piece: Piece, *, legs: bool = False) -> np.ndarray:
    """(F, 3, 3), statures, of the triangles' corners: across the front or back from its middle,
    the person's left positive; down, as a height; and 1 in front, 0 behind and on sleeves.
    ``legs``: it wraps each leg."""
    # Where relaxing has drawn it: patterns run straight on the cloth that is seen.
    x, y, z = piece.field(at.anatomy().rest).T
    arm = arm_parameter(piece)
    heights, wide, deep, middle = _trunk()
    clipped = np.clip(z, _HIPS, _SHOULDERS)
    a, b, c = (np.interp(clipped, heights, of) for of in (wide, deep, middle))
    around = _folded(x, y - c, a, b)
    # Over the shoulders a front is flat.
    across = around + np.interp(z, (0.74, 0.80), (0.0, 1.0)) * (np.abs(x) - around)
    across = np.sign(x) * across
    front = (y < c).astype(float)
    if legs:
        levels, centre, radius, back = _leg()
        at_leg, r = np.interp(z, levels, centre), np.interp(z, levels, radius)
        offset = np.abs(x) - at_leg
        leg_y = y - np.interp(z, levels, back)
        unrolled = at_leg + np.sign(offset) * _folded(offset, leg_y, r, r)
        share = np.interp(z, _LEGS, (1.0, 0.0))
        across = share * np.sign(x) * unrolled + (1 - share) * across
        front = np.where(share > 0.5, leg_y < 0, front)
    around_arm = _unrolled(np.stack([np.abs(x), y, z], 1))
    corners = piece.triangles
    trunk = np.stack([across, z], 1)[corners]
    sleeve = np.stack([around_arm, 0.80 - 0.26 * arm], 1)[corners]
    sleeved = arm[corners].mean(1) > _ARMHOLE
    laid = np.where(sleeved[:, None, None], sleeve, trunk)
    ahead = ~sleeved & (front[corners].mean(1) > 0.5)
    return np.concatenate([laid, np.broadcast_to(ahead[:, None, None], (len(ahead), 3, 1))], 2)


def _unrolled(points: np.ndarray) -> np.ndarray:
    """(N,) statures around an arm from its outer side, backwards positive, of ``points`` (N, 3) on
    the left. On the inner side, which lies against the trunk, the rest comes back to nothing: there
    is no seam to tear a pattern."""
    shoulder, elbow, wrist = arm_joints()
    angle = np.zeros(len(points))
    for start, end, above in ((shoulder, elbow, True), (elbow, wrist, False)):
        way = (end - start) / np.linalg.norm(end - start)
        here = ((points - elbow) @ way < 0) == above
        outer = np.array([0, 0, 1]) - way[2] * way
        outer /= np.linalg.norm(outer)
        offset = points - start
        turned = np.arctan2(offset @ np.cross(outer, way), offset @ outer)
        angle = np.where(here, turned, angle)
    laid = np.interp(np.abs(angle), (0, _INNER, np.pi), (0, _INNER, 0))
    return np.asarray(_SLEEVE * np.sign(angle) * laid)


def _folded(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Length along an ellipse with half axes ``a`` and ``b`` from its front or back middle,
    whichever is nearer."""
    angle = np.arctan2(np.abs(x) / a, -y / b)
    angle = np.minimum(angle, np.pi - angle)
    nodes, weights = np.polynomial.legendre.leggauss(_STEPS)
    t = 0.5 * angle[:, None] * (nodes + 1)
    speed = np.sqrt((a[:, None] * np.cos(t)) ** 2 + (b[:, None] * np.sin(t)) ** 2)
    return np.asarray(0.5 * angle * (speed @ weights))


@lru_cache(maxsize=1)
def _trunk() -> tuple[np.ndarray, ...]:
    """Heights, half widths, half depths and the middle from front to back of the trunk."""
    rest, arms = _tights("Arm", "Hand")
    trunk = rest[arms < 0.25]
    heights = np.arange(_HIPS, _SHOULDERS + 0.01, 0.02)
    rows = [trunk[np.abs(trunk[:, 2] - h) < 0.015] for h in heights]
    wide = np.array([np.abs(row[:, 0]).max() for row in rows])
    deep = np.array([np.ptp(row[:, 1]) / 2 for row in rows])
    middle = np.array([row[:, 1].min() for row in rows]) + deep
    return heights, wide, deep, middle


@lru_cache(maxsize=1)
def _leg() -> tuple[np.ndarray, ...]:
    """Heights, distance from the middle, radius and the centre from front to back of a leg."""
    rest, _ = _tights()
    heights = np.arange(0.06, 0.45, 0.02)
    rows = [rest[(np.abs(rest[:, 2] - h) < 0.015) & (rest[:, 0] > 0)] for h in heights]
    low, high = (np.array([f(row[:, :2], 0) for row in rows]) for f in (np.min, np.max))
    centre, size = (low + high) / 2, (high - low) / 2
    return heights, centre[:, 0], size.mean(1), centre[:, 1]


def _tights(*limb: str) -> tuple[np.ndarray, np.ndarray]:
    """The tights helper's vertices, and how much each follows bones with such names."""
    body = at.anatomy()
    bones = [name for name in at.BONES if any(part in name for part in limb)]
    return body.rest[at.TIGHTS], body.bone_weight(*bones)[at.TIGHTS]
