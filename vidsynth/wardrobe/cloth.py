"""A garment as cloth: a piece tied to the body, and how freely it hangs where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy  # loads its parts as they are used: the config, too, knows kinds of garments

from vidsynth.body.anatomy import VERTICES
from vidsynth.geometry.normals import vertex_normals
from vidsynth.wardrobe.cutting import Piece, cut_with, hem_lips, smoothing


@dataclass(frozen=True, eq=False)
class Cloth:
    """A sewn garment of N vertices.

    stand_off: (N,) multiples of the garment's looseness (of hair: metres) that it is off the body.
    drape: (N,) 0 where cloth lies on the body to 1 where it may hang free of it.
    legs: whether it wraps each leg by itself.
    sunk: (N,) statures by which relaxing drew it into the body; None before that.
    """

    piece: Piece
    stand_off: np.ndarray
    drape: np.ndarray
    legs: bool = False
    sunk: np.ndarray | None = None


def trimmed(cloth: Cloth, keep: np.ndarray) -> Cloth:
    """The cloth where the field ``keep`` (N,) is positive."""
    piece, carry = cut_with(cloth.piece, keep)
    return replace(cloth, piece=piece, stand_off=carry @ cloth.stand_off, drape=carry @ cloth.drape)


def nothing() -> Cloth:
    """What is worn where nothing is."""
    none = np.zeros(0)
    empty = scipy.sparse.csr_matrix((0, VERTICES))
    return Cloth(Piece(empty, np.zeros((0, 3)), np.zeros((0, 3), np.int64)), none, none)


def finish(cloth: Cloth, rounds: int) -> Cloth:
    """Relax the cloth off the body's details and fold its hems."""
    piece = cloth.piece
    if not len(piece.rest):
        return cloth
    operator = smoothing(piece, rounds)
    relaxed = Piece((operator @ piece.weights).tocsr(), piece.rest, piece.triangles)
    # Relaxing draws cloth into convex places (shoulders): remember how far, to push it back out.
    smooth = operator @ piece.rest
    normals = vertex_normals(smooth, piece.triangles)
    sunk = np.maximum(((piece.rest - smooth) * normals).sum(1), 0)
    folded, edge = hem_lips(relaxed)
    return Cloth(
        folded,
        np.concatenate([cloth.stand_off, np.full(len(edge), 0.15)]),
        np.concatenate([cloth.drape, cloth.drape[edge]]),
        cloth.legs,
        np.concatenate([sunk, sunk[edge]]),
    )
