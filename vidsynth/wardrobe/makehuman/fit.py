"""Fits an asset to a body, as sparse weights over the body's vertices like those of garments.

A vertex of the asset is bound to three vertices of the body by weights, and its offset from there
turns with the bones that these follow. An offset that turns with a bone is itself a weighted sum of
the body's vertices: those that follow that bone alone keep their places relative to each other, so
that the combination of them which gives the offset at rest gives it turned in every pose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse

from vidsynth.body import anatomy as at
from vidsynth.body.model import BodyShape
from vidsynth.wardrobe.cutting import Piece
from vidsynth.wardrobe.makehuman import basemesh
from vidsynth.wardrobe.makehuman.asset import Asset, load
from vidsynth.wardrobe.makehuman.mhmat import Paint

_ANCHORS, _ALONE = 12, 0.985
# Of the rig's bones only the upper neck moves no vertex alone: it turns between its neighbours.
_BETWEEN = {"Neck1": ("Neck", "Head")}


@dataclass(frozen=True, eq=False)
class Fitted:
    """An asset on one body.

    uv: (F, 3, 2) of each corner.
    deleted: (V,) which vertices of the body it hides.
    z_depth: as the file has it.
    """

    piece: Piece
    uv: np.ndarray
    paint: Paint
    deleted: np.ndarray
    z_depth: int
    kind: str


def fit_assets(names: Mapping[str, str], shape: BodyShape, directory: Path) -> dict[str, Fitted]:
    """The assets that somebody of that shape wears out of a folder.

    ``names`` has an asset's name for each slot of a figure, empty where none is worn. What is in
    the upper slot and the lower one is in one piece, and fills the upper.
    """
    one_piece = names.get("upper") == names.get("lower")
    found = {
        slot: load(directory, name)
        for slot, name in names.items()
        if name and not (slot == "lower" and one_piece)
    }
    return {slot: fit(asset, shape) for slot, asset in found.items() if asset is not None}


def fit(asset: Asset, shape: BodyShape) -> Fitted:
    """The asset on a body of that shape."""
    clothing = asset.clothing
    rows = np.arange(len(clothing.bound))
    weights = sparse.csr_matrix(
        (clothing.shares.ravel(), (np.repeat(rows, 3), clothing.bound.ravel())),
        shape=(len(rows), at.VERTICES),
    )
    vertices = shape.vertices.astype(np.float64)
    stand_off = basemesh.offsets(clothing, vertices)
    follows = np.clip(weights @ at.anatomy().bones, 0, None)
    follows /= np.maximum(follows.sum(1, keepdims=True), 1e-9)
    follows = _without_lonely_bones(np.where(follows < 0.01, 0, follows))
    parts = [weights]
    for bone, anchors in _anchors().items():
        moved = np.flatnonzero(follows[:, bone] > 0)
        if not len(moved):
            continue
        spread = vertices[anchors] - vertices[anchors].mean(0)
        shares = stand_off[moved] * follows[moved, bone, None] @ np.linalg.pinv(spread)
        columns = np.tile(anchors, len(moved))
        shape_ = (len(rows), at.VERTICES)
        parts.append(
            sparse.csr_matrix(
                (shares.ravel(), (np.repeat(moved, len(anchors)), columns)), shape=shape_
            )
        )
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    deleted = np.zeros(at.VERTICES, bool)
    deleted[clothing.deleted] = True
    rest = basemesh.fitted(clothing, at.anatomy().rest)
    piece = Piece(whole.tocsr(), rest, asset.mesh.triangles)
    return Fitted(piece, asset.mesh.uv, asset.paint, deleted, clothing.z_depth, asset.kind)


def hide(piece: Piece, deleted: np.ndarray) -> np.ndarray:
    """Which triangles (F,) of a piece lie under clothes that hide the ``deleted`` (V,) vertices.

    A triangle does where all vertices that its corners are bound to are deleted.
    """
    shown = abs(piece.weights) @ (~deleted).astype(float) > 1e-6
    return np.asarray(~shown[piece.triangles].any(1))


@lru_cache(maxsize=1)
def _anchors() -> dict[int, np.ndarray]:
    """For each bone vertices far apart that follow it alone."""
    body = at.anatomy()
    found = {}
    for bone in range(len(at.BONES)):
        alone = np.flatnonzero(body.bones[:, bone] > _ALONE)
        if not len(alone):
            continue
        chosen = [int(alone[0])]
        nearest = np.full(len(alone), np.inf)
        for _ in range(min(_ANCHORS, len(alone)) - 1):
            gap = np.linalg.norm(body.rest[alone] - body.rest[chosen[-1]], axis=1)
            nearest = np.minimum(nearest, gap)
            chosen.append(int(alone[nearest.argmax()]))
        found[bone] = np.array(chosen)
    return found


def _without_lonely_bones(follows: np.ndarray) -> np.ndarray:
    follows = follows.copy()
    for name, neighbours in _BETWEEN.items():
        bone = at.BONES.index(name)
        for neighbour in neighbours:
            follows[:, at.BONES.index(neighbour)] += follows[:, bone] / len(neighbours)
        follows[:, bone] = 0
    return follows / np.maximum(follows.sum(1, keepdims=True), 1e-9)
