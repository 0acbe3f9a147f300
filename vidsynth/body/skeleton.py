"""Forward kinematics: from each joint's rotation relative to its parent to where all joints are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.body.anatomy import BONES, PARENTS


def forward(
    parents: Sequence[int],
    offsets: np.ndarray,
    rotations: np.ndarray,
    joints: Iterable[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Positions (J, T, 3) of a skeleton's joints and their rotations (J, T, 3, 3) from rest.

    Args:
        parents: of each joint the number of the one it hangs on, which comes before it; -1: a root.
        offsets: (J, 3), or (J, T, 3) where they change in time: from the parent, at rest; of a root
            its position.
        rotations: (J, T, 3, 3) relative to the parent.
        joints: those to compute, parents first; all, by default. The others are left zero.
    """
    positions = np.zeros((*rotations.shape[:2], 3))
    turns = np.zeros(rotations.shape)
    for joint in range(len(parents)) if joints is None else joints:
        parent, offset = parents[joint], offsets[joint]
        if parent < 0:
            positions[joint], turns[joint] = offset, rotations[joint]
            continue
        above = turns[parent]
        step = above @ offset if offset.ndim == 1 else np.einsum("tij,tj->ti", above, offset)
        positions[joint] = positions[parent] + step
        turns[joint] = above @ rotations[joint]
    return positions, turns


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The body's joints in T poses: ``positions`` (31, T, 3) metres with the hips at the origin,
    ``turns`` (31, T, 3, 3) rotations from rest; ``heads`` (31, 3) the joints at rest, metres."""

    heads: np.ndarray
    positions: np.ndarray
    turns: np.ndarray

    def at_rest(self, name: str) -> np.ndarray:
        """(3,) the joint at rest."""
        return self.heads[BONES.index(name)]

    def position(self, name: str) -> np.ndarray:
        """(T, 3) the joint where the pose has it."""
        return self.positions[BONES.index(name)]

    def turn(self, name: str) -> np.ndarray:
        """(T, 3, 3) the bone's rotation from rest."""
        return self.turns[BONES.index(name)]

    def carried(self, name: str, point: np.ndarray) -> np.ndarray:
        """(T, 3) where a point (3,) of the rest pose goes with the bone."""
        return self.position(name) + self.turn(name) @ (point - self.at_rest(name))


def posed(rotations: np.ndarray, heads: np.ndarray, bones: Iterable[int] | None = None) -> Skeleton:
    """The skeleton with joints ``heads`` (31, 3) at rest, metres, in poses ``rotations``
    (T, 31, 3, 3), each relative to the parent; of ``bones`` alone, parents first, if given."""
    offsets = heads - heads[np.maximum(PARENTS, 0)]
    positions, turns = forward(PARENTS, offsets, rotations.swapaxes(0, 1), bones)
    return Skeleton(heads, positions, turns)


def turn_of(rotations: np.ndarray, name: str) -> np.ndarray:
    """(T, 3, 3) one bone's rotation from rest, in poses ``rotations`` (T, 31, 3, 3)."""
    above = [BONES.index(name)]
    while PARENTS[above[0]] >= 0:
        above.insert(0, PARENTS[above[0]])
    return posed(rotations, np.zeros((len(BONES), 3)), above).turn(name)
