"""Hangs a camera at a site, where the config's ranges and the site's walls let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.distortion import bent
from vidsynth.cameras.looks import draw_from
from vidsynth.cameras.views import (
    OVERLAP,
    ground,
    ground_seen,
    in_frame,
    in_view,
    overlap,
    person_boxes,
)
from vidsynth.config import CameraConfig
from vidsynth.errors import CameraError
from vidsynth.geometry.clearance import in_sight, inside_any
from vidsynth.places.sites.site import Site

EYE = 0.9
"""Metres above ground at which cameras look."""

_TRIES, _AT_MOST = 40, 400
_STATURE = 1.70
_NARROWEST_FOCAL = 0.45
_ENOUGH = 0.5


def place_camera(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
    photometry: Photometry,
    others: Sequence[Camera] = (),
    distortion: float = 0.0,
) -> Camera:
    """Camera number ``place[0]`` of the ``place[1]`` that share the site out among them.

    Each takes its own sector around the walk area, with a random azimuth in it, height, distance
    and zoom. Of up to 40 drawn, the one that sees most of the walk area's middle is kept; with
    views disjoint, each looks at a part of its own, away from what ``others`` see. Its lens moves
    the frame's corner by the share ``distortion``.
    Raises CameraError where 400 drawn are all impossible.
    """
    apart = config.views == "disjoint"
    best: tuple[float, Camera] | None = None
    spots, taken = _spots(site), np.zeros(len(ground(site)), dtype=bool)
    views = [ground_seen(other, site) for other in others] if config.views != "any" else []
    if apart:
        for other in others:
            taken |= in_frame(other, ground(site))
    for number in range(_AT_MOST):
        if number >= _TRIES and best is not None and not apart:
            break
        camera = _draw(rng, camera_id, place, site, config, photometry)
        if camera is not None and distortion:
            camera = replace(camera, lens=bent(distortion, camera))
        if camera is None:
            continue
        to_beat = best[0] if best else 0.0
        if apart:
            share = _share_of_its_own(camera, site, taken, place[1], to_beat)
        else:
            share = _share_covered(camera, spots, site, to_beat)
            if views and share > to_beat:
                own = ground_seen(camera, site)
                share = share if all(overlap(own, v) >= OVERLAP for v in views) else 0.0
        if share > to_beat:
            best = (share, camera)
            if share >= (_ENOUGH / place[1] if apart else 1.0):
                break
    if best is None:
        raise CameraError(_nowhere(camera_id, site, config))
    return best[1]


def _draw(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
    photometry: Photometry,
) -> Camera | None:
    """A camera in the config's ranges; None where height, distance and depression contradict."""
    x0, y0, x1, y1 = site.walk_area
    apart = config.views == "disjoint"
    spread = 0.5 if apart else 0.12
    target = np.array(
        [
            (x0 + x1) / 2 + rng.uniform(-spread, spread) * (x1 - x0),
            (y0 + y1) / 2 + rng.uniform(-spread, spread) * (y1 - y0),
        ]
    )
    azimuth = 2 * np.pi * (place[0] + rng.uniform(-0.35, 0.35)) / place[1] + 0.6
    if apart:
        azimuth = rng.uniform(0, 2 * np.pi)
    out = np.array([np.cos(azimuth), np.sin(azimuth)])
    reach = min(draw_from(rng, config.distance), _room(target, out, site.camera_area))
    height = float(rng.uniform(*mount_heights(site, config)))
    pixels = draw_from(rng, config.person_height)
    flattest, steepest = np.tan(np.radians(config.depression))
    near, far = (height - EYE) / max(steepest, 1e-9), (height - EYE) / max(flattest, 1e-9)
    if not near <= reach <= far:
        near = max(near, config.distance[0])
        far = min(far, config.distance[1], _room(target, out, site.camera_area))
        if near > far:
            return None
        reach = draw_from(rng, (near, far))
    position = (*(float(v) for v in target + reach * out), height)
    distance = float(np.hypot(reach, height - EYE))
    focal = pixels * distance / (_STATURE * reach / distance)
    focal = max(focal, _NARROWEST_FOCAL * config.width)
    if config.focal is not None:
        focal = draw_from(rng, config.focal) / 36.0 * config.width
    return Camera(
        camera_id=camera_id,
        site=site.name,
        width=config.width,
        height=config.height,
        focal_px=round(focal, 3),
        position=(round(position[0], 4), round(position[1], 4), round(position[2], 4)),
        look_at=(round(float(target[0]), 4), round(float(target[1]), 4), EYE),
        photometry=photometry,
    )


def mount_heights(site: Site, config: CameraConfig) -> tuple[float, float]:
    """The config's range within the site's. Out of doors a mast may be as high as is asked for.

    Raises CameraError where a ceiling is in the way."""
    low, high = config.mount_height
    if not site.indoor:
        return max(low, min(site.camera_heights[0], high)), high
    if low > site.camera_heights[1]:
        raise CameraError(
            f"camera.mount_height starts at {low:g} m, but cameras at {site.name} hang "
            f"{site.camera_heights[0]:g} to {site.camera_heights[1]:g} m high, under its ceiling: "
            "lower it, or leave the site out of sites."
        )
    low = max(low, min(site.camera_heights[0], high))
    return low, max(low, min(high, site.camera_heights[1]))


def _nowhere(camera_id: int, site: Site, config: CameraConfig) -> str:
    low, high = mount_heights(site, config)
    found = np.degrees(
        [
            np.arctan2(low - EYE, config.distance[1]),
            np.arctan2(high - EYE, config.distance[0]),
        ]
    )
    text = f"Camera {camera_id} at {site.name}: found no place for it. "
    if found[1] < config.depression[0] or found[0] > config.depression[1]:
        return text + (
            f"camera.depression wants {config.depression[0]:g} to {config.depression[1]:g} "
            f"degrees, but heights of {low:g} to {high:g} m and distances of "
            f"{config.distance[0]:g} to {config.distance[1]:g} m give {found[0]:.0f} to "
            f"{found[1]:.0f}: change camera.mount_height, camera.distance or camera.depression."
        )
    if config.views == "disjoint":
        return text + (
            "camera.views=disjoint leaves it no ground that the site's other cameras do not see: "
            "ask for fewer cameras or more sites, or for narrower views, by a larger "
            "camera.person_height or by looking down more steeply: "
            "camera.distance=[2,8] camera.depression=[20,60] camera.person_height=[200,320]."
        )
    return text + (
        f"Of {_AT_MOST} drawn none sees people whole in the middle of the walk area"
        + (" and shares ground with the others" if config.views == "overlapping" else "")
        + ": widen camera.mount_height, camera.distance or camera.depression, or ask for smaller "
        "people by camera.person_height or camera.focal."
    )


def _room(origin: np.ndarray, out: np.ndarray, area: tuple[float, float, float, float]) -> float:
    """Metres from ``origin`` along ``out`` to the edge of ``area``."""
    edges = np.where(out > 0, area[2:], area[:2])
    with np.errstate(divide="ignore", invalid="ignore"):
        to_edge = (edges - origin) / out
    return float(np.nanmin(np.where(np.abs(out) < 1e-9, np.inf, to_edge)))


def _spots(site: Site) -> np.ndarray:
    """Points (25, 2) over the middle half of the walk area."""
    x0, y0, x1, y1 = site.walk_area
    share = np.linspace(0.25, 0.75, 5)
    x, y = np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _share_covered(camera: Camera, spots: np.ndarray, site: Site, to_beat: float) -> float:
    """Share of the spots in view; looks no closer where that cannot beat ``to_beat``."""
    solid = site.blocks + site.obstacles
    seen = in_view(camera, person_boxes(camera, spots, _STATURE), 1.0)
    if seen.mean() <= to_beat or inside_any(np.array([camera.position]), solid, 0.2).any():
        return 0.0
    clear = in_sight(camera.position, np.insert(spots, 2, 1.0, axis=1), solid)
    return float((seen & clear).mean())


def _share_of_its_own(
    camera: Camera, site: Site, taken: np.ndarray, sharing: int, to_beat: float
) -> float:
    """Share of the walk area where a camera sees people whole, if it sees no ground of others'
    and leaves the rest enough."""
    points = ground(site)
    framed = in_frame(camera, points)
    if (framed & taken).any() or framed.mean() > 1.0 / sharing:
        return 0.0
    share = float(framed.mean())
    if share <= to_beat:
        return 0.0
    return share * _share_covered(camera, points[framed, :2], site, to_beat / share)
