"""Refuses cameras that nobody could hang, before anything is rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.views import OVERLAP, ground, ground_seen, in_frame, overlap
from vidsynth.errors import CameraError
from vidsynth.geometry.clearance import inside_any
from vidsynth.geometry.lenses import Fisheye
from vidsynth.places.sites.site import Site

_WIDEST = 0.15
"""Focal length, in frame widths, of a lens that sees 147 degrees; only a fisheye has more."""
_ADULT = 1.7
"""Metres."""


def check_camera(camera: Camera, site: Site, least: float = 0.0) -> np.ndarray:
    """Which ground of the walk area the camera sees (see ``ground_seen``).

    Raises CameraError where it hangs under ground, in a wall, outside the building, sees none, or
    nobody on it taller than ``least`` pixels.
    """
    name = f"Camera {camera.camera_id} at {camera.site}"
    x, y, z = camera.position
    if z < 0.05:
        raise CameraError(f"{name} is under ground: its height is {z:g} m. Hang it higher.")
    if inside_any(np.array([camera.position]), site.blocks + site.obstacles).any():
        raise CameraError(
            f"{name} is inside something solid at ({x:g}, {y:g}, {z:g}), a wall, tree or car: "
            "move it. Other seeds lay the site out otherwise."
        )
    if site.indoor:
        x0, y0, x1, y1 = site.camera_area
        top = site.camera_heights[1] + 0.35
        if not (x0 - 0.5 <= x <= x1 + 0.5 and y0 - 0.5 <= y <= y1 + 0.5 and z <= top):
            raise CameraError(
                f"{name} is outside the building at ({x:g}, {y:g}, {z:g}): keep x in {x0:g} to "
                f"{x1:g}, y in {y0:g} to {y1:g}, and hang it lower than {top:g} m."
            )
    shortest = min(camera.focal)
    if not isinstance(camera.lens, Fisheye) and shortest < _WIDEST * camera.width:
        raise CameraError(
            f"{name} has a focal length of {shortest:g} pixels for a frame {camera.width} "
            f"wide, which no lens has: expected {_WIDEST * camera.width:.0f} or more."
        )
    seen = ground_seen(camera, site)
    if not seen.any():
        why = (
            "something stands in the way"
            if in_frame(camera, ground(site)).any()
            else "it looks elsewhere"
        )
        raise CameraError(
            f"{name} sees none of the ground people walk on, x {site.walk_area[0]:g} to "
            f"{site.walk_area[2]:g} and y {site.walk_area[1]:g} to {site.walk_area[3]:g}: {why}."
        )
    spots = ground(site)[seen]
    feet, heads = (camera.project(np.add(spots, (0.0, 0.0, up)))[0] for up in (0.0, _ADULT))
    tallest = float(np.abs(heads - feet).max())
    if tallest < least:
        raise CameraError(
            f"{name} sees nobody taller than {tallest:.0f} pixels, but boxes.min_height is "
            f"{least:g}: bring it nearer, give it a longer lens, or lower boxes.min_height."
        )
    return seen


def check_views(cameras: Sequence[Camera], seen: Mapping[int, np.ndarray], views: str) -> None:
    """Raises CameraError where two cameras of one site contradict ``camera.views``."""
    for number, one in enumerate(cameras):
        for other in cameras[:number]:
            common = overlap(seen[one.camera_id], seen[other.camera_id])
            pair = f"Cameras {other.camera_id} and {one.camera_id} at {one.site}"
            if views == "overlapping" and common < OVERLAP:
                raise CameraError(
                    f"{pair} share {common:.0%} of the ground that the one with the smaller view "
                    f"sees; camera.views=overlapping wants {OVERLAP:.0%}: turn them towards each "
                    "other, or set camera.views=any."
                )
            if views == "disjoint" and common > 0:
                raise CameraError(
                    f"{pair} see the same ground ({common:.0%} of the smaller view); "
                    "camera.views=disjoint wants none: turn one away, or set camera.views=any."
                )


def check_sites(cameras: Sequence[Camera], sites: Sequence[str], known: Sequence[str]) -> None:
    """Raises CameraError where a camera is at a site there is none of, or sites lie twice."""
    at: dict[str, Camera] = {}
    for camera in cameras:
        if camera.site not in known:
            raise CameraError(
                f"Camera {camera.camera_id} is at {camera.site!r}, which is no site: expected one "
                f"of {', '.join(sorted(known))}."
            )
        if camera.site not in sites:
            raise CameraError(
                f"Camera {camera.camera_id} is at {camera.site}, which is not among "
                f"sites=[{','.join(sites)}]: add it there, or move the camera."
            )
        first = at.setdefault(camera.site, camera)
        if first.site_at != camera.site_at:
            raise CameraError(
                f"Cameras {first.camera_id} and {camera.camera_id} put {camera.site} at "
                f"{first.site_at} and {camera.site_at} on the map: site_at is the site's, give "
                "both the same."
            )
