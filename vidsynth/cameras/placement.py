"""Hangs a camera at a site, where the config's ranges and the site's walls let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.distortion import bent
from vidsynth.cameras.looks import draw_photometry
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
from vidsynth.drawing.draws import Draws
from vidsynth.errors import CameraError
from vidsynth.geometry.clearance import in_sight, inside_any
from vidsynth.places.sites.site import Site

EYE = 0.9
"""Metres above ground at which cameras look."""

_TRIES, _ROUNDS, _REDRAWN = 40, 50, 100
_TRIES_APART, _ROUNDS_APART = 4, 100
_STATURE = 1.70
_NARROWEST_FOCAL = 0.45
_ENOUGH = 0.5
_STEEPEST = 60.0
"""Degrees below the horizon that cameras look where camera.depression does not say."""


@dataclass(frozen=True)
class _Mount:
    """What is drawn for a camera before it has a place: metres, pixels of a 1.70 m person, degrees
    (None: as height and distance give) and a focal length in pixels (None: as pixels want)."""

    height: float
    distance: float
    pixels: float
    depression: float | None
    focal: float | None


def place_camera(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
    draw: Draws,
    others: Sequence[Camera] = (),
) -> Camera:
    """Camera number ``place[0]`` of the ``place[1]`` that share the site out among them.

    Its settings are drawn once. Each camera takes its own sector around the walk area: of 40
    places in it the one that sees most of the walk area's middle is kept; with views disjoint,
    each looks at a part of its own, away from what ``others`` see. Where all are impossible,
    settings are drawn anew, with the next row of tables, up to fifty times; with views disjoint, up
    to a hundred times, until the part is large enough.
    Raises CameraError where no draw has a place.
    """
    apart = config.views == "disjoint"
    enough = _ENOUGH / place[1] if apart else 1.0
    spots, taken = _spots(site), np.zeros(len(ground(site)), dtype=bool)
    views = [ground_seen(other, site) for other in others] if config.views != "any" else []
    if apart:
        for other in others:
            taken |= in_frame(other, ground(site))
    best: tuple[float, Camera] | None = None
    for number in range(_ROUNDS_APART if apart else _ROUNDS):
        if best is not None and (not apart or best[0] >= enough):
            break
        drawn = draw.on(number)
        mount, bend = _mount(drawn, number, site, config), drawn("camera.distortion", number)
        if mount is None:
            continue
        look = draw_photometry(drawn, config.codec)
        for _ in range(_TRIES_APART if apart else _TRIES):
            camera = _placed(rng, camera_id, place, site, config, drawn, mount, look)
            if camera is None:
                continue
            if bend:
                camera = replace(camera, lens=bent(bend, camera))
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
                if share >= enough:
                    break
    if best is None:
        raise CameraError(_nowhere(camera_id, site, config, draw))
    return best[1]


def _mount(draw: Draws, number: int, site: Site, config: CameraConfig) -> _Mount | None:
    """Draw ``number`` of what the camera's settings say; None: too high for the site, by a row."""
    low, high = mount_heights(site, draw.span("camera.mount_height"))
    heights = (draw("camera.mount_height", number * _REDRAWN + k) for k in range(_REDRAWN))
    height = draw("camera.mount_height", number * _REDRAWN)
    if not draw.fixed("camera.mount_height"):
        nearest = float(np.clip(height, low, high))
        height = next((h for h in heights if low <= h <= high), nearest)
    depression = None if config.depression is None else draw("camera.depression", number)
    distance = draw("camera.distance", number)
    if depression is not None:
        if draw.fixed("camera.distance"):
            height = EYE + distance * float(np.tan(np.radians(depression)))
        slope = float(np.tan(np.radians(depression)))
        distance = (height - EYE) / slope if slope > 1e-6 else float("inf")
    if site.indoor and height > site.camera_heights[1]:
        return None
    focal = None if config.focal is None else draw("camera.focal", number) / 36.0 * config.width
    return _Mount(height, distance, draw("camera.person_height", number), depression, focal)


def _placed(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
    draw: Draws,
    mount: _Mount,
    look: Photometry,
) -> Camera | None:
    """The camera somewhere around the site; None where it does not get far enough away."""
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
    room, height = _room(target, out, site.camera_area), mount.height
    nearest, farthest = draw.span("camera.distance")
    if mount.depression is not None:
        reach = mount.distance
        if not nearest - 1e-6 <= reach <= min(farthest, room) + 1e-6:
            return None
    else:
        # Where there is less room, as far away as there is.
        reach = min(mount.distance, room)
        if reach < (height - EYE) / np.tan(np.radians(_STEEPEST)):
            return None
    position = (*(float(v) for v in target + reach * out), height)
    distance = float(np.hypot(reach, height - EYE))
    focal = mount.focal
    if focal is None:
        focal = mount.pixels * distance / (_STATURE * reach / distance)
        focal = max(focal, _NARROWEST_FOCAL * config.width)
    return Camera(
        camera_id=camera_id,
        site=site.name,
        width=config.width,
        height=config.height,
        focal_px=round(focal, 3),
        position=(round(position[0], 4), round(position[1], 4), round(position[2], 4)),
        look_at=(round(float(target[0]), 4), round(float(target[1]), 4), EYE),
        photometry=look,
    )


def mount_heights(site: Site, span: tuple[float, float]) -> tuple[float, float]:
    """Heights that may be drawn, ``span``, within the site's. Out of doors a mast may be as high as
    is asked for.

    Raises CameraError where a ceiling is in the way."""
    low, high = span
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


def _nowhere(camera_id: int, site: Site, config: CameraConfig, draw: Draws) -> str:
    low, high = mount_heights(site, draw.span("camera.mount_height"))
    near, far = draw.span("camera.distance")
    found = np.degrees([np.arctan2(low - EYE, far), np.arctan2(high - EYE, near)])
    text = f"Camera {camera_id} at {site.name}: found no place for it. "
    if config.depression is not None:
        flattest, steepest = draw.span("camera.depression")
        if found[1] < flattest or found[0] > steepest:
            return text + (
                f"camera.depression wants {flattest:g} to {steepest:g} degrees, but heights of "
                f"{low:g} to {high:g} m and distances of {near:g} to {far:g} m give "
                f"{found[0]:.0f} to {found[1]:.0f}: change camera.mount_height, camera.distance "
                "or camera.depression."
            )
    if config.views == "disjoint":
        return text + (
            "camera.views=disjoint leaves it no ground that the site's other cameras do not see: "
            "ask for fewer cameras or more sites, or for narrower views, by a larger "
            "camera.person_height or by looking down more steeply: "
            "camera.distance=[2,8] camera.depression=[20,60] camera.person_height=[200,320]."
        )
    return text + (
        f"Of {_TRIES * _ROUNDS} drawn none sees people whole in the middle of the walk area"
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
