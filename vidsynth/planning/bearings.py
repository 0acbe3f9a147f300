"""From where cameras see people who walk: paths turned until a camera sees them as wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.drawing.distributions import Distribution
from vidsynth.geometry.polylines import points_at

_STRIDE = 0.45


@dataclass(frozen=True)
class Bearing:
    """A camera, and the azimuth in degrees from which it is to see a party half way through a
    shot: 0 their faces, 90 their left, 180 their backs."""

    camera: Camera
    azimuth: float

    def turned(self, path: np.ndarray, middle: float) -> np.ndarray:
        """The path (N, 2), metres, turned about the point ``middle`` metres along it."""
        before, spot, after = points_at(path, middle + np.array([-_STRIDE, 0.0, _STRIDE]))
        ahead, sight = after - before, np.array(self.camera.position[:2]) - spot
        turn = np.arctan2(sight[1], sight[0]) - np.radians(self.azimuth)
        turn -= np.arctan2(ahead[1], ahead[0])
        cos, sin = np.cos(turn), np.sin(turn)
        found: np.ndarray = (path - spot) @ np.array([[cos, sin], [-sin, cos]]) + spot
        return found


def draw_bearings(
    rng: np.random.Generator, azimuth: Distribution | None, cameras: Sequence[Camera], count: int
) -> list[Bearing | None]:
    """One for each of ``count`` parties of a shot, against one of its cameras; None where
    ``azimuth`` is."""
    if azimuth is None:
        return [None] * count
    return [
        Bearing(cameras[int(rng.integers(len(cameras)))], azimuth.draw(rng)) for _ in range(count)
    ]
