"""Which crops are worth keeping, by what their pixels show."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.boxes import clip
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedPerson, RenderedPicture


def worth_keeping(picture: RenderedPicture, person: RenderedPerson, boxes: BoxConfig) -> bool:
    """Whether a person's crop passes the config's filters, and shows them at all.

    ``min_mask`` to ``border`` look at the mask and at the smallest box around it, as UnrealPerson's
    filters do (Zhang et al., CVPR 2021), before the crop's box was enlarged.
    """
    camera, mask = picture.camera, picture.mask(person)
    _, top, _, bottom = clip(person.body_box, camera)
    if (
        bottom - top < boxes.min_height
        or person.visibility < boxes.min_visibility
        or person.truncation > boxes.max_truncation
        or not mask.any()
    ):
        return False
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x0, x1 = person.box[0] + columns[0], person.box[0] + columns[-1] + 1
    y0, y1 = person.box[1] + rows[0], person.box[1] + rows[-1] + 1
    pixels, area = int(mask.sum()), int((x1 - x0) * (y1 - y0))
    gap = min(x0, y0, camera.width - x1, camera.height - y1)
    return bool(
        pixels >= boxes.min_mask
        and area >= boxes.min_area
        and x1 - x0 <= boxes.max_aspect * (y1 - y0)
        and pixels >= boxes.min_fill * area
        and gap >= boxes.border
    )
