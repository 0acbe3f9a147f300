"""Which crops are worth keeping, by what their pixels show."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.boxes import clip
from vidsynth.cameras.camera import Camera
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedCrop


def worth_keeping(crop: RenderedCrop, camera: Camera, boxes: BoxConfig) -> bool:
    """Whether the crop passes the config's filters, and shows the person at all.

    ``min_mask`` to ``border`` look at the mask and at the smallest box around it, as UnrealPerson's
    filters do (Zhang et al., CVPR 2021), before the crop's box was enlarged.
    """
    _, top, _, bottom = clip(crop.body_box, camera)
    mask = crop.index == crop.walker + 1
    if (
        bottom - top < boxes.min_height
        or crop.visibility < boxes.min_visibility
        or crop.truncation > boxes.max_truncation
        or not mask.any()
    ):
        return False
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x0, x1 = crop.box[0] + columns[0], crop.box[0] + columns[-1] + 1
    y0, y1 = crop.box[1] + rows[0], crop.box[1] + rows[-1] + 1
    pixels, area = int(mask.sum()), int((x1 - x0) * (y1 - y0))
    gap = min(x0, y0, camera.width - x1, camera.height - y1)
    return bool(
        pixels >= boxes.min_mask
        and area >= boxes.min_area
        and x1 - x0 <= boxes.max_aspect * (y1 - y0)
        and pixels >= boxes.min_fill * area
        and gap >= boxes.border
    )
