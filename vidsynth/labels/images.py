"""The record written for each image: those of a crop, and the options it was rendered with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from vidsynth.develop.backdrop import window
from vidsynth.labels.tables import CROPS, crop_record
from vidsynth.places.backdrops.backdrop import load
from vidsynth.places.sky.air import Air
from vidsynth.planning.image_dealing import PICTURE, ImageSlot
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.take import ImageShot, RenderedImage, Take

_NOT_HERE = ("tracklet", "position", "offset", "size", "frame", "time")

IMAGES = pa.schema(
    [
        *(field for field in CROPS if field.name not in _NOT_HERE),
        ("label_id", pa.int32()),
        ("split", pa.string()),
        ("query", pa.bool_()),
        ("outfit_id", pa.int16()),
        ("clothes_id", pa.int32()),
        ("number", pa.int32()),
        ("site", pa.string()),
        ("indoor", pa.bool_()),
        ("hour", pa.string()),
        ("weather", pa.string()),
        ("sky", pa.string()),
        ("background", pa.string()),
        ("background_window", pa.list_(pa.float32())),
        ("motion", pa.string()),
        ("phase", pa.float32()),
        ("person_height", pa.float32()),
        ("light_azimuth", pa.float32()),
        ("light_elevation", pa.float32()),
        ("light_intensity", pa.float32()),
        ("occluder", pa.string()),
        ("occluder_cover", pa.float32()),
        ("occluder_picture", pa.string()),
        ("companion_id", pa.int32()),
        ("frame_size", pa.list_(pa.int32(), 2)),
        ("K", pa.list_(pa.list_(pa.float64(), 3), 3)),
        ("R", pa.list_(pa.list_(pa.float64(), 3), 3)),
        ("t", pa.list_(pa.float64(), 3)),
    ]
)
"""A row of ``crops/*.parquet`` of a set of images. What CROPS has, less what belongs to tracklets,
then: ``number`` counts the person's images under the camera; ``sky`` is the HDRI's name,
procedural, indoor or picture; ``background`` is the photograph's name, empty at a site, and
``background_window`` the part of it in the frame, x0, y0, x1, y1 in its pixels; ``person_height``
pixels; light azimuth and elevation in degrees, azimuth to the right of
the camera, NaN where they are the place's, the hour's or the picture's; ``occluder`` empty where
there is none; ``companion_id`` 0 where there is none; ``K``, ``R``, ``t`` as in cameras.json of a
tracklet set, each image having a camera of its own, with a frame of ``frame_size`` (width, height)
that ``box`` lies in."""


def image_record(
    plan: ImagePlan,
    slot: ImageSlot,
    batch: ImageShot,
    image: RenderedImage,
    file: str,
    air: Air,
    measured: dict[str, float],
) -> dict[str, Any]:
    """A row of IMAGES."""
    crop, camera = image.crop, image.camera
    take: Take = batch.takes[crop.frame]
    site, outfit_id = batch.shot.place, plan.outfit_id(slot)
    names = {"file": file, "person_id": slot.person_id, "shot": slot.index}
    row = crop_record(crop, camera, names, air, measured)
    azimuth, elevation = take.light.azimuth, take.light.elevation
    return {key: value for key, value in row.items() if key not in _NOT_HERE} | {
        "label_id": plan.population.label_id(slot.person_id),
        "split": plan.population.split(slot.person_id),
        "query": take.query,
        "outfit_id": outfit_id,
        "clothes_id": plan.population.clothes_id(slot.person_id, outfit_id),
        "number": take.number,
        "site": slot.site,
        "indoor": site.indoor,
        "hour": "indoor" if site.indoor else slot.hour,
        "weather": "indoor" if site.indoor else slot.weather,
        "sky": PICTURE if slot.site == PICTURE else batch.shot.sky_name,
        "background": take.backdrop.path.name if take.backdrop else "",
        "background_window": _window(image, take),
        "motion": take.manner,
        "phase": take.phase,
        "person_height": take.view.height,
        "light_azimuth": np.nan if azimuth is None else azimuth,
        "light_elevation": np.nan if elevation is None else elevation,
        "light_intensity": take.light.intensity,
        "occluder": take.occluder.kind if take.occluder else "",
        "occluder_cover": take.occluder.cover if take.occluder else 0.0,
        "occluder_picture": take.occluder.picture if take.occluder else "",
        "companion_id": batch.shot.walkers[1].person.person_id if take.companion else 0,
        "frame_size": [camera.width, camera.height],
        "K": camera.K.tolist(),
        "R": camera.R.tolist(),
        "t": camera.t.tolist(),
    }


def camera_records(plan: ImagePlan) -> list[dict[str, Any]]:
    """The virtual cameras as cameras.json states them: what all images of one have in common."""
    grid = plan.config.grid.views
    return [
        {
            "camera_id": camera_id,
            "site": None if grid else plan.dealing.camera_site(camera_id),
            "azimuth": (camera_id - 1) * 360 / grid if grid else None,
            "photographs": not grid and plan.dealing.camera_site(camera_id) == PICTURE,
        }
        for camera_id in range(1, plan.dealing.cameras + 1)
    ]


def _window(image: RenderedImage, take: Take) -> list[float] | None:
    if take.backdrop is None:
        return None
    size = load(take.backdrop.path).size
    return list(window(size, take.backdrop.horizon, take.backdrop.slide, image.camera))
