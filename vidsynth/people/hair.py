"""Hair: a cap grown from the scalp, with a curtain or a knot where the style has one."""

from __future__ import annotations

import numpy as np

from vidsynth.people import anatomy as at
from vidsynth.people.cutting import Piece, cut, join, shell
from vidsynth.people.garments import Cloth

HAIR_STYLES = ("cropped", "short", "bob", "long", "bun")


def _scalp(low: float) -> Piece:
    """The scalp down to ``low`` at the back of the neck, clear of face and ears."""
    body = at.anatomy()
    head = body.triangles["body"]
    head = head[(body.rest[head][:, :, 2] > 0.86).all(1)]
    piece = shell(body.rest, head)
    x, y, z = piece.rest.T
    line = np.interp(
        y, (-0.085, -0.06, -0.045, -0.03, 0.0, 0.03), (0.976, 0.970, 0.951, 0.944, 0.925, low)
    )
    ears = (np.abs(x) > 0.040) & (y > -0.03) & (y < 0.012)
    return cut(piece, z - np.where(ears, np.maximum(line, 0.951), line))


def _curtain(low: float) -> Piece:
    """The helper's hanging hair, without the strands over the face."""
    body = at.anatomy()
    piece = shell(body.rest, body.triangles["hair"])
    piece = cut(piece, piece.rest[:, 2] - low)
    y, z = piece.rest[:, 1], piece.rest[:, 2]
    return cut(piece, np.maximum(y + 0.030, (z - 0.978) * 2))


def grow(style: str) -> Cloth:
    """The hair of a style, standing off the scalp by its thickness in metres."""
    cap = _scalp(low=0.905 if style in ("cropped", "short") else 0.89)
    thickness = {"cropped": 0.005, "short": 0.012, "bob": 0.014, "long": 0.012, "bun": 0.008}[style]
    z = cap.rest[:, 2]
    stand_off = thickness * np.interp(z, (0.90, 0.985), (0.45, 1.3))
    if style == "bun":
        knot = np.linalg.norm((cap.rest - [0, 0.045, 0.965]) / 0.024, axis=1)
        stand_off = stand_off + 0.045 * np.sqrt(np.clip(1 - knot**2, 0, 1))
    if style in ("bob", "long"):
        curtain = _curtain(0.86 if style == "bob" else 0.76)
        falling = np.full(len(curtain.rest), 0.006)
        cap = join(cap, curtain)
        stand_off = np.concatenate([stand_off, falling])
    return Cloth(cap, stand_off, np.zeros(len(stand_off)))


def eyes() -> Piece:
    """Both eyeballs."""
    body = at.anatomy()
    return shell(body.rest, body.triangles["eyes"])
