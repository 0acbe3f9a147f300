"""What a renderer hands over: scene light with labels, before a camera made a picture of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class RenderedCrop:
    """One person in one frame of one camera, as scene light, before the camera's own look.

    ``light`` (H, W, 3) linear RGB float32, after the camera's automatic exposure; ``index``
    (H, W) int16: 0 the site, k the shot's walker k-1, or above these a bystander; ``depth`` (H, W)
    metres; ``box`` the crop in the full frame (x0, y0, x1, y1) pixels, x1 and y1 exclusive;
    ``body_box`` the person's own box there before jitter and clipping, float; ``visibility`` share
    of the body's points seen, in frame and unoccluded; ``truncation`` share of ``body_box`` outside
    the frame; ``keypoints_3d`` (17, 3) COCO order, metres; ``keypoints_2d`` (17, 2) frame pixels;
    ``azimuth`` degrees from which the camera sees the person: 0 the face, 90 the person's left, 180
    the back; ``depression`` degrees below the horizon at which the camera looks at the person;
    ``distance`` metres;
    ``velocity`` of the person in the frame, pixels per second.
    """

    walker: int
    camera_id: int
    frame: int
    light: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    box: tuple[int, int, int, int]
    body_box: tuple[float, float, float, float]
    visibility: float
    truncation: float
    keypoints_3d: np.ndarray
    keypoints_2d: np.ndarray
    azimuth: float
    depression: float
    distance: float
    velocity: tuple[float, float] = (0.0, 0.0)

    @property
    def people(self) -> tuple[RenderedCrop, ...]:
        """Whom the picture is of: the one person."""
        return (self,)


@dataclass(frozen=True, eq=False)
class RenderedFrame:
    """One whole frame of one camera, as scene light, before the camera's own look.

    ``light`` (H, W, 3), ``index`` (H, W) and ``depth`` (H, W) as in RenderedCrop, over the whole
    frame. ``people`` are the walkers who show in it, each as the crop that would have been cut out:
    its arrays are views of the frame's. Who else shows, bystanders and whoever is too near to the
    lens to have a box, is in ``index`` alone.
    """

    camera_id: int
    frame: int
    light: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    people: tuple[RenderedCrop, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The frame in itself: (0, 0, width, height)."""
        height, width = self.index.shape
        return 0, 0, width, height
