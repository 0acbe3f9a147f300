"""Which of a person's keypoints a camera sees."""

from __future__ import annotations

import numpy as np

from vidsynth.develop.picture import RenderedPerson, RenderedPicture

# COCO's joints lie inside the body: metres from a joint to the skin over it, seen from anywhere,
# and a little more for cloth and hair.
_DEPTH = np.array(
    [0.06] * 3 + [0.10] * 2 + [0.14] * 2 + [0.09] * 2 + [0.08] * 2 + [0.20] * 2 + [0.13] * 2
    + [0.10] * 2
)  # fmt: skip


def joints_visible(picture: RenderedPicture, person: RenderedPerson) -> np.ndarray:
    """Which of a person's keypoints are in their crop with nothing in front of them: bool (17,).

    A joint is hidden where the picture's depth ends more than a body part's thickness before it,
    be it at another person, at something of the site, or at another part of the same body.
    """
    x0, y0, x1, y1 = person.box
    x, y = np.floor(person.keypoints_2d).astype(int).T
    inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    depth = picture.camera.project(person.keypoints_3d)[1]
    around = picture.depth[picture.part(person.box)]
    nearest = around[np.clip(y - y0, 0, y1 - y0 - 1), np.clip(x - x0, 0, x1 - x0 - 1)]
    return np.asarray(inside & (depth > 0) & (nearest > depth - _DEPTH))
