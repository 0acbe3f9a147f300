"""Where a person stands and from where the camera looks, so that nothing is in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vidsynth.geometry.clearance import in_sight, inside_any
from vidsynth.motion.paths import stays_clear
from vidsynth.motion.walker import Keyframe, Manner
from vidsynth.places.sites.site import Site
from vidsynth.planning.framing import View

_TRIES = 24
_SHRINK = 0.8
_NEAREST = 1.5
_LOWEST = 0.25
_BELOW_CEILING = 0.15


def facing(view: View, x: float, y: float, phase: float, manner: Manner = "walk") -> Keyframe:
    """Someone at (x, y) whom the camera sees as ``view`` says."""
    face = view.bearing - np.radians(view.azimuth)
    heading = (face + np.pi / 2 + np.pi) % (2 * np.pi) - np.pi
    return Keyframe(x, y, round(float(heading), 9), phase, manner)


def find_spot(
    rng: np.random.Generator, site: Site, views: tuple[View, ...], stature: float
) -> tuple[float, float, tuple[View, ...]]:
    """A spot (x, y) of the walk area that all cameras see, and the views, turned together.

    Of up to 24 spots and turns drawn the first is taken where no view is blocked, or else the
    best; views that still are come nearer, step by step, down to 1.5 m.
    """
    x0, y0, x1, y1 = site.walk_area
    solid = site.blocks + site.obstacles
    best: tuple[float, float, float, tuple[View, ...]] | None = None
    for _ in range(_TRIES):
        x, y = (round(float(v), 4) for v in (rng.uniform(x0, x1), rng.uniform(y0, y1)))
        turn = float(rng.uniform(0, 2 * np.pi))
        if not stays_clear(np.array([[x, y]]), site.walk_area, solid):
            continue
        turned = tuple(
            replace(v, bearing=round((v.bearing + turn) % (2 * np.pi), 9)) for v in views
        )
        clear = float(np.mean([is_clear(site, view, x, y, stature) for view in turned]))
        if best is None or clear > best[0]:
            best = (clear, x, y, turned)
        if clear == 1.0:
            break
    if best is None:
        best = (0.0, (x0 + x1) / 2, (y0 + y1) / 2, views)
    _, x, y, views = best
    return x, y, tuple(nearer(site, view, x, y, stature) for view in views)


def find_spots(
    draws: Sequence[np.random.Generator],
    site: Site,
    views: tuple[View, ...],
    stature: float,
    one: bool,
) -> list[tuple[float, float, View]]:
    """For each view a spot (x, y), and the view that is free from there; ``one`` for all of them,
    or each its own, by its own random numbers."""
    if one:
        x, y, found = find_spot(draws[0], site, views, stature)
        return [(x, y, view) for view in found]
    spots = []
    for view, rng in zip(views, draws, strict=True):
        x, y, (clear,) = find_spot(rng, site, (view,), stature)
        spots.append((x, y, clear))
    return spots


def nearer(site: Site, view: View, x: float, y: float, stature: float) -> View:
    """The view, from so near that nothing is in between, if there is such a distance."""
    while view.distance > _NEAREST and not is_clear(site, view, x, y, stature):
        view = replace(view, distance=round(max(view.distance * _SHRINK, _NEAREST), 6))
    return view


def is_clear(site: Site, view: View, x: float, y: float, stature: float) -> bool:
    """Whether the camera is in the open and sees head, middle and feet."""
    middle = np.array([x, y, stature / 2])
    eye = view.position(middle)
    if eye[2] < _LOWEST or (site.indoor and eye[2] > site.camera_heights[1] + _BELOW_CEILING):
        return False
    solid = site.blocks + site.obstacles
    if inside_any(np.array([eye]), solid, 0.3).any():
        return False
    body = np.array([(x, y, share * stature) for share in (0.1, 0.5, 0.95)])
    return bool(in_sight(eye, body, solid).all())
