"""The joints of each finger, from MakeHuman's own rig.

The rig that poses people has one bone for all fingers of a hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vidsynth.body.anatomy import BODY
from vidsynth.body.model import body_model

THUMB, INDEX, MIDDLE, RING, LITTLE = range(5)
"""A hand's fingers, in order."""


@dataclass(frozen=True, eq=False)
class Finger:
    """A finger's three phalanges, from the hand outwards.

    joints: (3, 8) vertices, in whose middle each phalanx begins.
    rows: (N,) vertices of the body that follow them.
    weights: (N, 3) by how much; what is missing to 1 stays with the hand.
    """

    joints: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    def spots(self, vertices: np.ndarray) -> np.ndarray:
        """(4, 3) where the phalanges of a body with ``vertices`` (V, 3) begin, and the tip."""
        heads = vertices[self.joints].mean(1)
        last = vertices[self.rows[self.weights[:, 2] > 0.9]]
        away = last - heads[2]
        tip = last[np.linalg.norm(away, axis=1).argsort()[-8:]].mean(0)
        return np.concatenate([heads, tip[None]])


@lru_cache(maxsize=1)
def fingers() -> dict[str, tuple[Finger, ...]]:
    """Of ``Left`` and ``Right`` each the five fingers, the thumb first."""
    body = body_model().prepared

    def finger(side: int, number: int) -> Finger:
        weights = body.finger_weights[BODY, side, number]
        rows = np.flatnonzero(weights.any(1))
        return Finger(body.finger_joints[side, number], rows, weights[rows])

    return {
        name: tuple(finger(side, number) for number in range(5))
        for side, name in enumerate(("Left", "Right"))
    }
