"""Hands that are not held flat: fingers bent towards the palm, relaxed or around a thing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.motion.postures import hand_axes
from vidsynth.people.anatomy import BONES, anatomy
from vidsynth.people.body import BodyShape
from vidsynth.people.person import Posture

# Degrees by which finger tips are turned against the palm.
_BENT = {"carry": 200.0, "umbrella": 200.0, "strap": 180.0, "look": 45.0, "call": 40.0}
_RELAXED = 30.0


def close_hands(shape: BodyShape, posture: Posture) -> BodyShape:
    """The body with fingers bent as each arm's posture wants them.

    The rig has one bone for all fingers; bending the rest shape itself along an arc rounds them.
    """
    vertices = shape.vertices.copy()
    heads = shape.heads
    for side, arm in (("Left", posture.left), ("Right", posture.right)):
        weight = anatomy().bone_weight(f"{side}HandFinger1")
        rows = np.flatnonzero(weight > 0.05)
        hand, palm = hand_axes(heads, shape.vertices, side)
        start = heads[BONES.index(f"{side}HandFinger1")] - 0.006 * hand
        offset = shape.vertices[rows] - start
        # At rest fingers droop from the hand: what is bent is their own direction.
        reach = np.linalg.norm(offset, axis=1)
        fingers = offset[reach > np.quantile(reach, 0.9)].mean(0)
        fingers /= np.linalg.norm(fingers)
        palm = palm - (palm @ fingers) * fingers
        palm /= np.linalg.norm(palm)
        along, depth = offset @ fingers, offset @ palm
        bent = _arc(along, depth, np.radians(_BENT.get(arm, _RELAXED)))
        change = (bent[0] - along)[:, None] * fingers + (bent[1] - depth)[:, None] * palm
        vertices[rows] += (weight[rows, None] * change).astype(vertices.dtype)
    return replace(shape, vertices=vertices)


def _arc(along: np.ndarray, depth: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Points at ``along`` a straight finger and ``depth`` towards the palm, once it is bent evenly
    by ``angle`` in all."""
    length = np.quantile(along, 0.98)
    turn = np.clip(along / length, 0, None) * angle
    radius = length / angle
    ahead = np.where(along > 0, radius * np.sin(turn), along) - depth * np.sin(turn)
    towards = radius * (1 - np.cos(turn)) + depth * np.cos(turn)
    return ahead, towards
