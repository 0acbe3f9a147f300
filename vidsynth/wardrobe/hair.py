"""Hair and beards: caps off the scalp or the jaw, with hanging hair where the style has it.

What is tied behind is put on later, over the clothes (`accessories.tied`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import sparse

from vidsynth.body import anatomy as at
from vidsynth.wardrobe.accessories.headwear import RIM, rim_height
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.cutting import Piece, cut, hem_lips, join, shell, smoothing
from vidsynth.wardrobe.hair_styles import HAIR_STYLES

_FRONT, _BACK = (-0.085, -0.06, -0.045, -0.03, 0.0, 0.03), (0.976, 0.970, 0.951, 0.944, 0.925)
_LOW = {"cropped": 0.905, "short": 0.905}
"""Where the nape's hairline is of hair cut short."""
_THICK = {
    "cropped": 0.005, "short": 0.014, "bob": 0.017, "long": 0.014, "bun": 0.010, "ponytail": 0.009,
    "curly": 0.034,
}  # fmt: skip


def make_hair(style: str, beard: str = "none", hat: str = "none") -> Cloth:
    """Hair and beard as cloth whose stand-off is its thickness in metres.

    What a ``hat`` of that kind covers is left out.
    """
    covered = hat if hat in RIM else ""
    grown = [*_grown(_hair, style, covered), *_grown(_beard, beard, covered)]
    if not grown:
        nothing = shell(at.anatomy().rest, at.anatomy().triangles["hair"][:0])
        return Cloth(nothing, np.zeros(0), np.zeros(0))
    whole = join(*(piece for piece, _ in grown))
    heights = np.concatenate([height for _, height in grown])
    return Cloth(whole, heights, np.zeros(len(whole.rest)))


@lru_cache(maxsize=40)
def _grown(
    grow_kind: Callable[[str], list[tuple[Piece, np.ndarray]]], kind: str, hat: str
) -> tuple[tuple[Piece, np.ndarray], ...]:
    """Hair or a beard of a kind on the average head, its edges folded in, under the hat if any."""
    grown = []
    for piece, height in grow_kind(kind):
        if hat:
            rim = rim_height(hat, piece.rest[:, 1]) + 0.012
            below = rim - piece.rest[:, 2]
            if not (below > 0).any():
                continue
            # Hair is pressed flat under the edge.
            pressed = height * np.clip((below - 0.012) / 0.03, 0.12, 1)
            piece, height = _trim(piece, pressed, below)
        folded, edge = hem_lips(piece)
        grown.append((folded, np.concatenate([height, np.full(len(edge), -0.002)])))
    return tuple(grown)


def _hair(style: str) -> list[tuple[Piece, np.ndarray]]:
    if style == "bald":
        return []
    cap = _scalp(style)
    x, y, z = cap.rest.T
    height = _THICK[style] * np.interp(z, (0.90, 0.985), (0.45, 1.3))
    # Locks run from the crown outwards, parted on one side.
    around = np.arctan2(x, y)
    locks = np.sin(19 * around + 30 * z) + 0.7 * np.sin(31 * around - 55 * z + 1.3)
    lumps = np.sin(150 * x + 40 * z) * np.sin(160 * y + 1.0) * np.sin(170 * z + 70 * x)
    if style == "curly":
        height = _THICK[style] * np.interp(z, (0.90, 0.96), (0.75, 1.0)) * (1 + 0.30 * lumps)
        height *= np.interp(y, (-0.085, -0.05), (0.55, 1))
    elif style == "cropped":
        height = height * (1 + 0.10 * locks) * _thinned(cap, style)
    elif style == "short":
        quiff = np.exp(-(((y + 0.066) / 0.022) ** 2) - (x / 0.038) ** 2) * (z > 0.95)
        sides = np.interp(np.abs(x), (0.030, 0.045), (1.0, 0.62))
        height = height * sides * (1 + 0.14 * locks) + 0.010 * quiff
        height *= _thinned(cap, style)
    else:
        height = height * (1 + (0.06 if style in ("bun", "ponytail") else 0.13) * locks)
    if style in ("short", "bob", "long"):
        ahead = np.clip((0.015 - y) / 0.02, 0, 1)
        height *= 1 - 0.6 * ahead * np.exp(-(((x - 0.016) / 0.0045) ** 2)) * (z > 0.975)
    grown = [(cap, height)]
    if style in ("bob", "long"):
        grown.append(_curtain(style))
    return grown


@lru_cache(maxsize=len(HAIR_STYLES))
def _scalp(style: str) -> Piece:
    """The scalp down to the style's hairline, clear of face and ears."""
    body = at.anatomy()
    head = body.triangles["body"]
    head = head[(body.rest[head][:, :, 2] > 0.86).all(1)]
    piece = shell(body.rest, head)
    low = _LOW.get(style, 0.89)
    # A first, wide cut, so that little is refined.
    piece = _refined(cut(piece, piece.rest[:, 2] - _line(piece.rest, low) + 0.03), 1)
    operator = smoothing(piece, 4)
    piece = Piece((operator @ piece.weights).tocsr(), operator @ piece.rest, piece.triangles)
    x, y, z = piece.rest.T
    line = _line(piece.rest, low)
    if style == "bob":
        # A fringe over the forehead, in strands.
        fringe = np.clip((0.036 - np.abs(x)) / 0.006, 0, 1) * (y < -0.05)
        line = line - fringe * (line - 0.9585 - 0.0025 * np.sin(420 * x))
    elif style == "short":
        fringe = np.clip((0.034 - np.abs(x)) / 0.010, 0, 1) * (y < -0.055)
        line = line - fringe * (0.004 + 0.0024 * np.sin(260 * x + 0.7) + 0.0012 * np.sin(610 * x))
    else:
        line = line + 0.0011 * np.sin(520 * x) * np.sin(190 * x + 1) * (y < -0.05)
    ears = (np.abs(x) > 0.040) & (y > -0.03) & (y < 0.012)
    return cut(piece, z - np.where(ears, np.maximum(line, 0.951), line))


def _line(rest: np.ndarray, low: float) -> np.ndarray:
    """(N,) height of the hairline, ``low`` at the nape, at places (N, 3) of the average head."""
    line: np.ndarray = np.interp(rest[:, 1], _FRONT, (*_BACK, low))
    return line


def _thinned(cap: Piece, style: str) -> np.ndarray:
    """(N,) share of its thickness that cut hair has: little at the hairline, so that no brim stands
    off forehead and nape."""
    above = cap.rest[:, 2] - _line(cap.rest, _LOW[style])
    share: np.ndarray = np.interp(above, (0.0, 0.016), (0.3, 1.0))
    return share


def shaved(style: str, rest: np.ndarray) -> np.ndarray:
    """(N,) how much, from 0 to 1, the skin at places (N, 3) of the average head shows of hair that
    is cut off: below the hairline, at the nape and the temples of who wears their hair short."""
    if style not in _LOW:
        return np.zeros(len(rest))
    below = _line(rest, _LOW[style]) - rest[:, 2]
    aside = np.interp(np.abs(rest[:, 0]), (0.041, 0.045), (1.0, 0.0))
    behind = np.interp(rest[:, 1], (-0.045, -0.03), (0.0, 1.0))
    fading = np.interp(below, (0.0, 0.016), (1.0, 0.0))
    return aside * behind * fading * (rest[:, 2] > 0.87)


def _refined(piece: Piece, rounds: int) -> Piece:
    """The piece with every triangle cut in four, ``rounds`` times."""
    for _ in range(rounds):
        t = piece.triangles
        edges = np.sort(np.vstack([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]]), axis=1)
        unique, index = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = index.reshape(3, -1) + len(piece.rest)
        rows = np.arange(len(unique))
        half = sparse.csr_matrix(
            (np.full(2 * len(unique), 0.5), (np.tile(rows, 2), unique.T.ravel())),
            shape=(len(unique), len(piece.rest)),
        )
        a, b, c = t.T
        piece = Piece(
            sparse.vstack([piece.weights, half @ piece.weights], format="csr"),
            np.vstack([piece.rest, half @ piece.rest]),
            np.vstack(
                [np.stack(f, 1) for f in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
            ),
        )
    return piece


def _curtain(style: str) -> tuple[Piece, np.ndarray]:
    """The helper's hanging hair: behind the ears, and beside the face where it frames it."""
    body = at.anatomy()
    piece = _refined(shell(body.rest, body.triangles["hair"]), 1)
    x, y, z = piece.rest.T
    strands = 0.010 * np.sin(180 * x + 90 * y) + 0.006 * np.sin(410 * x)
    low = (0.868 if style == "bob" else 0.762) + (0.35 if style == "bob" else 1.0) * strands
    piece = cut(piece, z - low)
    x, y, z = piece.rest.T
    frame = 0.032 * np.clip((np.abs(x) - 0.041) / 0.004, 0, 1) * (z > 0.87)
    piece = cut(piece, np.maximum(y + 0.028 + frame, (z - 0.978) * 2))
    x, y, z = piece.rest.T
    around = np.arctan2(x, y)
    height = 0.009 + 0.005 * np.sin(26 * around) + 0.003 * np.sin(47 * around + 1)
    return piece, height * np.interp(z, (0.76, 0.80), (0.5, 1))


def _trim(piece: Piece, height: np.ndarray, keep: np.ndarray) -> tuple[Piece, np.ndarray]:
    """Piece and its height, cut to where ``keep`` (N,) is positive."""
    carried = Piece(
        sparse.hstack([piece.weights, height[:, None]], format="csr"), piece.rest, piece.triangles
    )
    trimmed = cut(carried, keep)
    height = np.asarray(trimmed.weights[:, -1].todense()).ravel()
    return Piece(trimmed.weights[:, :-1].tocsr(), trimmed.rest, trimmed.triangles), height


def _beard(kind: str) -> list[tuple[Piece, np.ndarray]]:
    if kind not in ("moustache", "full"):
        return []
    body = at.anatomy()
    head = body.triangles["body"]
    place = body.rest[head]
    head = head[
        ((place[:, :, 2] > 0.85) & (place[:, :, 2] < 0.945) & (place[:, :, 1] < -0.02)).all(1)
    ]
    piece = shell(body.rest, head)
    field = beard_field(kind, piece.rest)
    piece = cut(piece, field)
    if not len(piece.triangles):
        return []
    inside = beard_field(kind, piece.rest)
    return [(piece, 0.0015 + (0.008 if kind == "full" else 0.0035) * np.clip(inside / 0.007, 0, 1))]


def beard_field(kind: str, rest: np.ndarray) -> np.ndarray:
    """(N,) statures inside (positive) or outside of where a beard grows on the average head."""
    x, y, z = np.abs(rest[:, 0]), rest[:, 1], rest[:, 2]
    lips = np.hypot(x / 0.0165, (z - 0.8985) / 0.0055) - 1
    if kind == "moustache":
        # Narrower towards the corners of the mouth, which it reaches down to.
        high = np.interp(x, (0.0, 0.020), (0.0062, 0.0042))
        middle = np.interp(x, (0.0, 0.020), (0.9075, 0.9050))
        return np.minimum(
            np.minimum(0.019 - x, high - np.abs(z - middle)), np.minimum(-0.07 - y, 0.006 * lips)
        )
    line = np.interp(x, (0.0, 0.012, 0.020, 0.030, 0.042), (0.911, 0.909, 0.903, 0.904, 0.928))
    field: np.ndarray = np.min(
        [line - z, -0.026 - y, z - 0.866, 0.006 * lips, np.full(len(z), 0.01)], axis=0
    )
    return field


def eyes() -> Piece:
    """Both eyeballs."""
    body = at.anatomy()
    return shell(body.rest, body.triangles["eyes"])
