"""What a renderer hands over: scene light with labels, before a camera made a picture of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.develop.exposure import AS_IT_IS, Exposure
from vidsynth.planning.take import Take

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the frame, x1 and y1 exclusive."""


@dataclass(frozen=True)
class DirectLight:
    """The light of one direction that is strongest where a person is: ``kind`` sun (the moon at
    night), lamp, window or picture; ``bearing`` degrees over the ground from +x of the site,
    ``elevation`` degrees above it, both towards the light."""

    kind: str
    bearing: float
    elevation: float


@dataclass(frozen=True, eq=False)
class RenderedPerson:
    """A walker of the shot as one camera sees them in one frame.

    ``box`` is the crop that is cut out; ``body_box`` the person's own box before jitter and
    clipping, float; both in frame pixels. ``visibility`` is the share of the body's points seen, in
    frame and unoccluded; ``truncation`` that of ``body_box`` outside the frame. ``keypoints_3d``
    (17, 3) are in COCO's order, metres; ``keypoints_2d`` (17, 2) frame pixels. ``azimuth`` degrees
    from which the camera sees the person: 0 the face, 90 the person's left, 180 the back;
    ``depression`` degrees below the horizon at which the camera looks at them; ``distance`` metres;
    ``velocity`` in the frame, pixels per second. ``heading`` degrees over the ground from +x of the
    site in which they face; ``speed`` metres per second; ``phase`` in [0, 1) of their gait cycle or
    of whatever else they do; ``lit_by`` None where none comes from one direction.
    """

    walker: int
    box: Box
    body_box: tuple[float, float, float, float]
    visibility: float
    truncation: float
    keypoints_3d: np.ndarray
    keypoints_2d: np.ndarray
    azimuth: float
    depression: float
    distance: float
    velocity: tuple[float, float] = (0.0, 0.0)
    heading: float = 0.0
    speed: float = 0.0
    phase: float = 0.0
    lit_by: DirectLight | None = None


@dataclass(frozen=True, eq=False)
class RenderedPicture:
    """Scene light of a take, over one person's crop or over the whole frame.

    ``camera`` is the take's, known by now. ``box`` is where in the frame the picture lies.
    ``light`` (H, W, 3) linear RGB float32, after the camera's automatic exposure, before its own
    look; ``index`` (H, W) int16: 0 the site, k the shot's walker k-1, or above these a bystander;
    ``depth`` (H, W) metres. ``people`` are the walkers that the picture is of: one, or all who
    show in a whole frame and have a box. Who else shows is in ``index`` alone. ``exposure`` is the
    automatic exposure, whose gain ``light`` has had.
    """

    take: Take
    camera: Camera
    box: Box
    light: np.ndarray
    index: np.ndarray
    depth: np.ndarray
    people: tuple[RenderedPerson, ...] = ()
    exposure: Exposure = AS_IT_IS

    def part(self, box: Box) -> tuple[slice, slice]:
        """Where a box of the frame lies in the picture's arrays: rows and columns."""
        left, top = self.box[:2]
        return slice(box[1] - top, box[3] - top), slice(box[0] - left, box[2] - left)

    def mask(self, person: RenderedPerson) -> np.ndarray:
        """Which pixels of the person's box show them: bool (h, w)."""
        return np.asarray(self.index[self.part(person.box)] == person.walker + 1)
