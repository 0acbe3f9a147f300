"""Sends the people of a shot past its cameras, without walking into things or each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.motion.clearance import in_sight
from vidsynth.motion.paths import along, draw_path, stays_clear
from vidsynth.people.person import Person
from vidsynth.shot import Walker
from vidsynth.sites.site import Site

PERSONAL_SPACE = 0.6
"""Metres between the middles of two walkers, kept wherever there is room."""

LEAD = 1.2
"""Metres of path before the first and after the last frame: feet are planted beyond the body."""

_TRIES = 60
_GOOD_ENOUGH = 0.85
_HALF_WIDTH = 0.3


def send(
    rng: np.random.Generator,
    people: Sequence[Person],
    site: Site,
    cameras: Sequence[Camera],
    frames: int,
    fps: float,
    min_height: float,
) -> tuple[Walker, ...]:
    """One Walker per person. Paths lie in the site's walk area; of up to 60 drawn for each person
    the first is taken that cameras see in 85 % of frames, ``min_height`` pixels tall or more, and
    that keeps clear of earlier walkers; failing that, the best."""
    walkers: list[Walker] = []
    tracks: list[np.ndarray] = []
    boxes: list[np.ndarray] = []
    solid = site.blocks + site.obstacles
    for person in people:
        stature = person.body.stature
        covered = LEAD + person.gait.speed / fps * np.arange(frames)
        best: tuple[float, np.ndarray, np.ndarray, np.ndarray] | None = None
        for _ in range(_TRIES):
            path = draw_path(rng, site.walk_area, covered[-1] + LEAD, solid)
            track = along(path, covered)
            seen = np.stack([person_boxes(camera, track, stature) for camera in cameras])
            score = _share_seen(seen, boxes, cameras, min_height)
            score -= _crowding(track, tracks)
            score -= 0.0 if stays_clear(path, site.walk_area, solid) else 2.0
            if best is not None and score <= best[0]:
                continue
            if score > 0:
                score -= _share_hidden(cameras, track, stature, site)
            if best is None or score > best[0]:
                best = (score, path, track, seen)
            if score >= _GOOD_ENOUGH:
                break
        assert best is not None
        _, path, track, seen = best
        tracks.append(track)
        boxes.append(seen)
        way = tuple((round(float(x), 4), round(float(y), 4)) for x, y in path)
        walkers.append(Walker(person, way, LEAD, round(float(rng.random()), 4)))
    return tuple(walkers)


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


def _share_seen(
    seen: np.ndarray, others: list[np.ndarray], cameras: Sequence[Camera], min_height: float
) -> float:
    """Share of (camera, frame) in view and not behind, nor in front of, an earlier walker."""
    good = np.stack([in_view(c, b, min_height) for c, b in zip(cameras, seen, strict=True)])
    for other in others:
        across = np.minimum(seen[..., 2], other[..., 2]) - np.maximum(seen[..., 0], other[..., 0])
        down = np.minimum(seen[..., 3], other[..., 3]) - np.maximum(seen[..., 1], other[..., 1])
        width = np.minimum(seen[..., 2] - seen[..., 0], other[..., 2] - other[..., 0])
        height = np.minimum(seen[..., 3] - seen[..., 1], other[..., 3] - other[..., 1])
        good &= ~((across > 0.6 * width) & (down > 0.5 * height))
    return float(good.mean())


def _crowding(track: np.ndarray, others: list[np.ndarray]) -> float:
    """1 or more where another walker comes too near, 0 else."""
    if not others:
        return 0.0
    gaps = np.linalg.norm(np.stack(others) - track, axis=2)
    return 0.0 if gaps.min() >= PERSONAL_SPACE else 1.0 + float((gaps < PERSONAL_SPACE).mean())


def _share_hidden(
    cameras: Sequence[Camera], track: np.ndarray, stature: float, site: Site
) -> float:
    """Share of sampled (camera, frame) in which something of the site hides the person's middle."""
    some = track[:: max(1, len(track) // 4)]
    middles = np.insert(some, 2, 0.6 * stature, axis=1)
    clear = [in_sight(c.position, middles, site.blocks + site.obstacles) for c in cameras]
    return 1.0 - float(np.mean(clear))
