"""Layers of what a person wears where MakeHuman assets are among it, and what they hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from vidsynth.body.anatomy import VERTICES
from vidsynth.wardrobe.cloth import Cloth, nothing
from vidsynth.wardrobe.cutting import Piece
from vidsynth.wardrobe.makehuman.fit import Fitted, hide

HAT = "asset-hat"
_DEPTH = {
    "skin": 0,
    "eyes": 0,
    "lower": 30,
    "inner": 33,
    "shoes": 35,
    "upper": 50,
    "hair": 60,
    HAT: 80,
}
"""How far out each slot lies, on the scale of assets' ``z_depth``."""

_TUCKED, _PRESSED = -0.004, 0.001


def cloth_in_slot(fitted: Mapping[str, Fitted], slot: str, otherwise: Callable[[], Cloth]) -> Cloth:
    """The slot's asset as cloth, or what is worn there without one.

    An asset stands off the body as its file says and by nothing more.
    """
    if slot in fitted:
        still = np.zeros(len(fitted[slot].piece.rest))
        return Cloth(fitted[slot].piece, still, still)
    if slot == "lower" and "upper" in fitted and fitted["upper"].kind in ("dress", "suit"):
        return nothing()
    return otherwise()


def hide_covered(
    parts: dict[str, tuple[Piece, np.ndarray]], fitted: Mapping[str, Fitted]
) -> tuple[dict[str, tuple[Piece, np.ndarray]], dict[str, np.ndarray]]:
    """The slots' pieces and pushes (N,) without what assets over them hide.

    Also returns the assets' texture coordinates (F, 3, 2). What an asset deletes of the body is
    hidden of everything below it. A shoe's shaft under a trouser leg is hidden, and hair under a
    hat is pressed flat: both are too close to what is over them.
    """
    settled, uvs = {}, {}
    for slot, (piece, push) in parts.items():
        depth = fitted[slot].z_depth if slot in fitted else _DEPTH[slot]
        over = np.zeros(VERTICES, bool)
        for other, asset in fitted.items():
            if other != slot and (asset.z_depth, _DEPTH[other]) > (depth, _DEPTH[slot]):
                over |= asset.deleted
        hidden = hide(piece, over) if over.any() else np.zeros(len(piece.triangles), bool)
        legs = parts["lower"][0].rest
        if slot == "shoes" and slot in fitted and len(legs):
            shaft = piece.rest[:, 2] > max(legs[:, 2].min() + 0.006, 0.04)
            hidden |= shaft[piece.triangles].all(1)
        if slot in ("hair", "lower"):
            push = _give_way(slot, piece, push, parts, fitted)
        used, local = np.unique(piece.triangles[~hidden], return_inverse=True)
        kept = Piece(piece.weights[used], piece.rest[used], local.reshape(-1, 3))
        settled[slot] = (kept, push[used])
        if slot in fitted:
            uvs[slot] = fitted[slot].uv[~hidden]
    return settled, uvs


def _give_way(
    slot: str,
    piece: Piece,
    push: np.ndarray,
    parts: Mapping[str, tuple[Piece, np.ndarray]],
    fitted: Mapping[str, Fitted],
) -> np.ndarray:
    """Hair under a hat lies flat; an asset's waist lies inside what hangs over it."""
    height = piece.rest[:, 2]
    if slot == "hair" and HAT in fitted:
        rim = float(np.quantile(parts[HAT][0].rest[:, 2], 0.25))
        return np.where(height > rim, np.minimum(push, _PRESSED), push)
    if slot == "lower" and slot in fitted and "upper" not in fitted:
        hem = parts["upper"][0].rest[:, 2].min()
        return np.where(height > hem + 0.005, push + _TUCKED, push)
    return push


def texture_coordinates(
    slots: Mapping[str, int], uvs: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """Texture coordinates (F, 3, 2) of all slots' triangles, in order; None without any asset.

    ``slots``: how many triangles each slot has; ``uvs``: the coordinates of slots with an asset.
    """
    if not uvs:
        return None
    return np.concatenate(
        [uvs.get(slot, np.zeros((count, 3, 2))) for slot, count in slots.items()]
    ).astype(np.float32)
