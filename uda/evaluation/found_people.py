"""Who was found by a description, as rows to write and as a picture to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image
from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.attributes.searching import Found
from uda.evaluation.ranked_list import BORDER, CROP, GAP, LABEL, paste

_COLUMNS = 10
_SURE, _UNSURE = np.array([40, 170, 70]), np.array([215, 50, 45])
"""Frames of crops in which everything asked for is certain, and in which nothing is."""

Gallery = Sequence[Tracklet | UnlabelledTracklet]


def rows(found: Found, gallery: Gallery, top: int) -> list[dict[str, Any]]:
    """The best ``top``: rank, first frame, camera, score, probability of each value asked for, and
    similarity to the picture, where there is one."""
    best = []
    for rank, place in enumerate(found.order[:top], start=1):
        tracklet, row = gallery[place], found.probabilities[place]
        entry: dict[str, Any] = {
            "rank": rank,
            "tracklet": tracklet.frames.name(0),
            "camera": tracklet.camera_id,
            "score": round(float(found.score[place]), 4),
            "probabilities": {
                str(w): round(float(p), 4) for w, p in zip(found.wanted, row, strict=True)
            },
        }
        if math.isfinite(found.similarity[place]):
            entry["similarity"] = round(float(found.similarity[place]), 4)
        best.append(entry)
    return best


def draw(found: Found, gallery: Gallery, top: int) -> Image.Image:
    """The best ``top`` by their middle frames, row by row; the greener a frame, the likelier is
    everything that was asked for. Raises DatasetError for a frame that cannot be read."""
    best = found.order[:top]
    columns = min(_COLUMNS, len(best))
    height, width = CROP[0] + 2 * BORDER + LABEL + GAP, CROP[1] + 2 * BORDER + GAP
    lines = -(-len(best) // columns)
    sheet = Image.new("RGB", (columns * width + GAP, lines * height + GAP), "white")
    for rank, place in enumerate(best):
        likely = float(found.likelihood[place])
        red, green, blue = (_UNSURE + likely * (_SURE - _UNSURE)).astype(int).tolist()
        corner = (GAP + rank % columns * width, GAP + rank // columns * height)
        caption = f"{rank + 1}  p {likely:.2f}" if found.wanted else f"{rank + 1}"
        paste(sheet, corner, gallery[place].frames, (red, green, blue), caption)
    return sheet
