"""Cameras of single images: not where they hang is given, but how they show a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry

FRAME = 1.7
"""Height of such a camera's frame over the person's."""


@dataclass(frozen=True)
class View:
    """From where: ``azimuth``, ``depression`` degrees and ``distance`` metres as of RenderedPerson;
    ``bearing`` radians, the direction from the person to the camera over the ground, from +x;
    ``height`` pixels of the person; ``aspect`` the crop's width per height, None for one as wide as
    the person."""

    azimuth: float
    depression: float
    distance: float
    bearing: float
    height: float
    aspect: float | None = None

    def position(self, middle: np.ndarray) -> tuple[float, float, float]:
        """Where a camera is that sees so someone whose middle is at (3,), metres."""
        down = np.radians(self.depression)
        out = np.array(
            [np.cos(down) * np.cos(self.bearing), np.cos(down) * np.sin(self.bearing), np.sin(down)]
        )
        x, y, z = middle + self.distance * out
        return float(x), float(y), max(float(z), 0.1)


@dataclass(frozen=True)
class Framing:
    """A camera ``camera_id`` at ``site`` that will see a person as ``view`` says, with that look.

    How many pixels a person has depends on their pose, so the camera is known when that is.
    """

    camera_id: int
    site: str
    view: View
    photometry: Photometry

    def around(self, figure: np.ndarray, middle: np.ndarray) -> Camera:
        """The camera for the outline ``figure`` (N, 3) of somebody posed around ``middle`` (3,),
        metres."""
        target = (float(middle[0]), float(middle[1]), float(middle[2]))
        size = max(48, round(FRAME * self.view.height))
        camera = Camera(
            self.camera_id, self.site, round(size * 4 / 3), size, 1000.0,
            self.view.position(middle), target, self.photometry,
        )  # fmt: skip
        pixels, _ = camera.project(figure)
        focal = 1000.0 * self.view.height / float(np.ptp(pixels[:, 1]))
        return replace(camera, focal_px=round(focal, 4))
