"""Cuts pieces out of helper shells along any scalar field, keeping their ties to the body.

A piece keeps, for each of its vertices, sparse weights over the base mesh's vertices, so one sparse
product poses it. A cut adds vertices where edges cross the line: hems come out clean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts as they are used: the config, too, knows kinds of garments

from vidsynth.body.anatomy import VERTICES


@dataclass(frozen=True, eq=False)
class Piece:
    """N vertices tied to the body.

    weights: (N, V) sparse, rows summing to one.
    rest: (N, 3) on the average body, statures.
    triangles: (F, 3).
    """

    weights: scipy.sparse.csr_matrix
    rest: np.ndarray
    triangles: np.ndarray

    def field(self, values: np.ndarray) -> np.ndarray:
        """A per-body-vertex field (V,) or (V, K) carried over to this piece's vertices."""
        return self.weights @ values


def shell(rest: np.ndarray, triangles: np.ndarray) -> Piece:
    """The piece made of these triangles (F, 3) of the base mesh ``rest`` (V, 3)."""
    used, local = np.unique(triangles, return_inverse=True)
    weights = scipy.sparse.csr_matrix(
        (np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), VERTICES)
    )
    return Piece(weights, rest[used], local.reshape(-1, 3))


def compact(piece: Piece, triangles: np.ndarray) -> Piece:
    """The same piece with only these triangles, unused vertices dropped."""
    used, local = np.unique(triangles, return_inverse=True)
    return Piece(piece.weights[used], piece.rest[used], local.reshape(-1, 3))


def cut(piece: Piece, keep: np.ndarray) -> Piece:
    """Trim to where the scalar field ``keep`` (N,) is positive, along its zero line."""
    return cut_with(piece, keep)[0]


def cut_with(piece: Piece, keep: np.ndarray) -> tuple[Piece, scipy.sparse.csr_matrix]:
    """As ``cut``; also the (M, N) operator that carries fields of the N vertices over to the M
    that there are then."""
    keep = np.where(keep == 0, 1e-9, keep)
    inside = keep > 0
    triangles = piece.triangles
    count = inside[triangles].sum(1)
    whole = triangles[count == 3]
    mixed = triangles[(count > 0) & (count < 3)]
    # Turn each triangle until its lone vertex (inside or outside) comes first.
    lone = inside[mixed].sum(1) == 1
    first = (inside[mixed] == lone[:, None]).argmax(1)
    a, b, c = np.take_along_axis(mixed, (first[:, None] + [0, 1, 2]) % 3, 1).T
    ends = np.concatenate([np.stack([a, b]), np.stack([a, c])], 1)
    edges, index = np.unique(ends.min(0) * len(keep) + ends.max(0), return_inverse=True)
    ab, ac = len(keep) + index.reshape(2, -1)
    corner = np.stack([a, ab, ac], 1)[lone]
    far, near = np.stack([ab, b, c], 1)[~lone], np.stack([ab, c, ac], 1)[~lone]
    carried = scipy.sparse.eye(len(keep), format="csr")
    if len(edges):
        low, high = np.divmod(edges, len(keep))
        share = keep[low] / (keep[low] - keep[high])
        rows = np.arange(len(edges))
        mix = scipy.sparse.csr_matrix(
            (
                np.concatenate([1 - share, share]),
                (np.tile(rows, 2), np.concatenate([low, high])),
            ),
            shape=(len(edges), len(keep)),
        )
        piece = Piece(
            scipy.sparse.vstack([piece.weights, mix @ piece.weights], format="csr"),
            np.vstack([piece.rest, mix @ piece.rest]),
            triangles,
        )
        carried = scipy.sparse.vstack([carried, mix], format="csr")
    kept = np.vstack([whole, corner, far, near])
    return compact(piece, kept), carried[np.unique(kept)]


def rings(piece: Piece) -> list[np.ndarray]:
    """Closed boundary loops, each a list of vertex indices in order."""
    t = piece.triangles
    half = np.vstack([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    # Edges as single numbers: those that no triangle has the other way round are open.
    n = len(piece.rest)
    present = np.unique(half.astype(np.int64) @ [n, 1])
    turned = present % n * n + present // n
    free = np.setdiff1d(present, turned, assume_unique=True)
    following = dict(zip((free // n).tolist(), (free % n).tolist(), strict=True))
    loops = []
    while following:
        start, at = next(iter(following.items()))
        del following[start]
        loop = [start]
        while at in following:
            loop.append(at)
            at = following.pop(at)
        loops.append(np.array(loop))
    return loops


def join(*pieces: Piece) -> Piece:
    """Several pieces as one mesh; nothing is welded."""
    offsets = np.cumsum([0, *(len(p.rest) for p in pieces[:-1])])
    return Piece(
        scipy.sparse.vstack([p.weights for p in pieces], format="csr"),
        np.vstack([p.rest for p in pieces]),
        np.vstack([p.triangles + o for p, o in zip(pieces, offsets, strict=True)]),
    )


def sew(piece: Piece, first: np.ndarray, second: np.ndarray) -> Piece:
    """Close the gap between two boundary loops that both run once around the z axis."""

    def by_angle(loop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        centre = piece.rest[loop, :2].mean(0)
        angle = np.arctan2(*(piece.rest[loop, :2] - centre).T[::-1])
        order = np.argsort(angle)
        return loop[order], angle[order]

    (upper, upper_angle), (lower, lower_angle) = by_angle(first), by_angle(second)
    new, i, j = [], 0, 0
    while i < len(upper) or j < len(lower):
        up_next = upper_angle[i] if i < len(upper) else np.inf
        low_next = lower_angle[j] if j < len(lower) else np.inf
        a, b = upper[i % len(upper)], lower[j % len(lower)]
        if up_next <= low_next:
            new.append((a, b, upper[(i + 1) % len(upper)]))
            i += 1
        else:
            new.append((a, b, lower[(j + 1) % len(lower)]))
            j += 1
    triangles = np.array(new)
    return Piece(piece.weights, piece.rest, np.vstack([piece.triangles, triangles]))


def smoothing(piece: Piece, rounds: int, strength: float = 0.5) -> scipy.sparse.csr_matrix:
    """(N, N) operator that relaxes inner vertices towards their neighbours, hems along the hem."""
    t = piece.triangles
    n = len(piece.rest)
    pairs = np.vstack([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    graph = scipy.sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(n, n)).tocsr()
    graph = ((graph + graph.T) > 0).astype(float)
    border = np.zeros(n, bool)
    for loop in rings(piece):
        border[loop] = True
    # A hem vertex averages with hem vertices only, or hems would shrink inward.
    hem = scipy.sparse.diags(border.astype(float))
    inner = scipy.sparse.diags((~border).astype(float))
    graph = inner @ graph + hem @ graph @ hem
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1)
    step = (1 - strength) * scipy.sparse.eye(n) + strength * scipy.sparse.diags(1 / degree) @ graph
    operator = step.tocsr()
    for _ in range(rounds - 1):
        operator = step @ operator
    return operator.tocsr()


def hem_lips(piece: Piece) -> tuple[Piece, np.ndarray]:
    """Fold every open edge inward, so that cloth shows a thickness.

    Returns the piece, its folded edge appended, and which vertex each appended one came from.
    """
    weights, rest, triangles = [piece.weights], [piece.rest], [piece.triangles]
    origins: list[np.ndarray] = [np.zeros(0, np.int64)]
    offset = len(piece.rest)
    for loop in rings(piece):
        following = np.roll(loop, -1)
        k = np.arange(len(loop)) + offset
        k_next = np.roll(k, -1)
        triangles += [np.stack([following, loop, k], 1), np.stack([following, k, k_next], 1)]
        weights.append(piece.weights[loop])
        rest.append(piece.rest[loop])
        origins.append(loop)
        offset += len(loop)
    folded = Piece(
        scipy.sparse.vstack(weights, format="csr"), np.vstack(rest), np.vstack(triangles)
    )
    return folded, np.concatenate(origins)
