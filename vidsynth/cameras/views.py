"""What a camera sees of the ground and of people, and which cameras see the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.geometry.clearance import in_sight
from vidsynth.places.sites.site import Site

SPACING = 0.5
"""Metres between the points by which ground is measured."""

_HALF_WIDTH = 0.3
"""Metres from a person's middle to their side."""

OVERLAP = 0.2
"""Share of the smaller of two views that overlapping cameras have in common, at least."""


def ground(site: Site) -> np.ndarray:
    """Points (N, 3) over the walk area, on the ground."""
    x0, y0, x1, y1 = site.walk_area
    x, y = np.meshgrid(
        np.linspace(x0, x1, round((x1 - x0) / SPACING) + 1),
        np.linspace(y0, y1, round((y1 - y0) / SPACING) + 1),
    )
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)


def in_frame(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Which points (N, 3) project into the frame, in sight or not: bool (N,)."""
    pixels, depth = camera.project(points)
    x, y = pixels.T
    return (x >= 0) & (y >= 0) & (x < camera.width) & (y < camera.height) & (depth > 0.3)


def person_boxes(camera: Camera, track: np.ndarray, stature: float) -> np.ndarray:
    """Boxes (T, 5) x0, y0, x1, y1 pixels and depth, metres, of someone upright on ``track`` (T, 2).

    The depth is the nearest corner's: a box with any of it behind the camera has depth below 0.
    """
    corners = np.array(
        [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0.0, 1.0)], dtype=float
    ) * (_HALF_WIDTH, _HALF_WIDTH, stature)
    points = np.insert(track, 2, 0.0, axis=1)[:, None] + corners
    pixels, depth = camera.project(points.reshape(-1, 3))
    pixels, depth = pixels.reshape(-1, 8, 2), depth.reshape(-1, 8)
    return np.concatenate([pixels.min(1), pixels.max(1), depth.min(1)[:, None]], axis=1)


def in_view(camera: Camera, boxes: np.ndarray, min_height: float) -> np.ndarray:
    """Which boxes (T, 5) lie in the frame, between ``min_height`` and 95 % of it: bool (T,)."""
    x0, y0, x1, y1, depth = boxes.T
    inside = (x0 >= 0) & (y0 >= 0) & (x1 <= camera.width) & (y1 <= camera.height)
    tall = (y1 - y0 >= min_height) & (y1 - y0 <= 0.95 * camera.height)
    return inside & tall & (depth > 0.5)


def ground_seen(camera: Camera, site: Site) -> np.ndarray:
    """Which points of ``ground`` the camera sees past everything that stands there: bool (N,)."""
    points = ground(site)
    seen = in_frame(camera, points)
    if seen.any():
        # Seen a little above the ground: a thin sheet of pavement hides nothing.
        raised = points[seen] + (0.0, 0.0, 0.3)
        seen[seen] = in_sight(camera.position, raised, site.blocks + site.obstacles)
    return seen


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Points two views (N,) have in common, as a share of the smaller; 0 where one sees nothing."""
    return float((first & second).sum() / max(1, min(first.sum(), second.sum())))


def round_robin(cameras: Sequence[int], size: int) -> tuple[tuple[int, ...], ...]:
    """Teams of ``size`` cameras that all see each other's ground, taking turns."""
    count = len(cameras)
    turns = int(np.lcm(count, size)) // size
    return tuple(
        tuple(sorted({cameras[(turn * size + i) % count] for i in range(size)}))
        for turn in range(turns)
    )


def teams(seen: Mapping[int, np.ndarray], size: int) -> tuple[tuple[int, ...], ...]:
    """Cameras that can film the same person at once: teams of up to ``size`` whose views overlap
    pairwise, each camera in one team at least. ``seen`` is each camera's ``ground_seen``."""
    cameras = sorted(seen)
    common = {(a, b): overlap(seen[a], seen[b]) >= OVERLAP for a in cameras for b in cameras}
    if all(common[a, b] for a in cameras for b in cameras if a != b):
        return round_robin(cameras, size)
    found: list[tuple[int, ...]] = []
    for start, first in enumerate(cameras):
        if any(first in team for team in found):
            continue
        team = [first]
        for other in cameras[start + 1 :] + cameras[:start]:
            if len(team) < size and all(common[other, member] for member in team):
                team.append(other)
        found.append(tuple(sorted(team)))
    return tuple(found)
