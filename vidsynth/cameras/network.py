"""Hangs cameras around a site and gives each its own look."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import CameraConfig
from vidsynth.motion.clearance import in_sight, inside_any
from vidsynth.motion.routes import in_view, person_boxes
from vidsynth.sites.site import Site

_TRIES = 40
_STATURE = 1.70
_NARROWEST_FOCAL = 0.45


def place_camera(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
) -> Camera:
    """Camera number ``place[0]`` of the ``place[1]`` that share the site out among them.

    Each takes its own sector around the walk area, with a random azimuth in it, height, distance
    and zoom. Of up to 40 drawn, the one that sees most of the walk area's middle is kept.
    """
    photometry = draw_photometry(rng, config)
    spots = _spots(site)
    best: tuple[float, Camera] | None = None
    for _ in range(_TRIES):
        camera = _draw(rng, camera_id, place, site, config, photometry)
        share = _share_covered(camera, spots, site, best[0] if best else -2.0)
        if best is None or share > best[0]:
            best = (share, camera)
            if share == 1.0:
                break
    assert best is not None
    return best[1]


def draw_photometry(rng: np.random.Generator, config: CameraConfig) -> Photometry:
    """A look drawn uniformly from the config's ranges; gains keep green at 1."""
    red, blue = np.exp(rng.normal(0.0, config.colour_bias, 2))
    return Photometry(
        exposure_ev=_draw_from(rng, config.exposure_ev),
        white_balance=(round(float(red), 4), 1.0, round(float(blue), 4)),
        gamma=_draw_from(rng, config.gamma),
        contrast=_draw_from(rng, config.contrast),
        saturation=_draw_from(rng, config.saturation),
        vignetting=_draw_from(rng, config.vignetting),
        noise=_draw_from(rng, config.noise),
        blur=_draw_from(rng, config.blur),
        jpeg_quality=round(_draw_from(rng, config.jpeg_quality)),
    )


def _draw(
    rng: np.random.Generator,
    camera_id: int,
    place: tuple[int, int],
    site: Site,
    config: CameraConfig,
    photometry: Photometry,
) -> Camera:
    x0, y0, x1, y1 = site.walk_area
    target = np.array(
        [
            (x0 + x1) / 2 + rng.uniform(-0.12, 0.12) * (x1 - x0),
            (y0 + y1) / 2 + rng.uniform(-0.12, 0.12) * (y1 - y0),
        ]
    )
    azimuth = 2 * np.pi * (place[0] + rng.uniform(-0.35, 0.35)) / place[1] + 0.6
    out = np.array([np.cos(azimuth), np.sin(azimuth)])
    reach = min(_draw_from(rng, config.distance), _room(target, out, site.camera_area))
    low = max(config.mount_height[0], site.camera_heights[0])
    high = max(low, min(config.mount_height[1], site.camera_heights[1]))
    position = (*(float(v) for v in target + reach * out), float(rng.uniform(low, high)))
    look_at = (float(target[0]), float(target[1]), 0.9)
    distance = float(np.hypot(reach, position[2] - look_at[2]))
    slant = reach / distance
    pixels = _draw_from(rng, config.person_height)
    focal = max(pixels * distance / (_STATURE * slant), _NARROWEST_FOCAL * config.width)
    return Camera(
        camera_id=camera_id,
        site=site.name,
        width=config.width,
        height=config.height,
        focal_px=round(focal, 3),
        position=(round(position[0], 4), round(position[1], 4), round(position[2], 4)),
        look_at=(round(look_at[0], 4), round(look_at[1], 4), look_at[2]),
        photometry=photometry,
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
    if inside_any(np.array([camera.position]), solid, 0.2).any():
        return -1.0
    seen = in_view(camera, person_boxes(camera, spots, _STATURE), 1.0)
    if seen.mean() <= to_beat:
        return float(seen.mean())
    clear = in_sight(camera.position, np.insert(spots, 2, 1.0, axis=1), solid)
    return float((seen & clear).mean())


def _draw_from(rng: np.random.Generator, span: tuple[float, float]) -> float:
    return round(float(rng.uniform(*span)), 4)
