"""The records written for each crop, tracklet and person.

Raise SCHEMA_VERSION with every change to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from math import hypot, nan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vidsynth.cameras.camera import Camera
from vidsynth.develop.picture import RenderedCrop
from vidsynth.labels.keypoints import joints_visible
from vidsynth.labels.masks import encode_mask
from vidsynth.people.attributes import PREFIX, describe
from vidsynth.people.person import Person
from vidsynth.places.sky.air import Air

SCHEMA_VERSION = 6

CROPS = pa.schema(
    [
        ("tracklet", pa.string()),
        ("file", pa.string()),
        ("position", pa.int16()),
        ("offset", pa.int64()),
        ("size", pa.int32()),
        ("person_id", pa.int32()),
        ("camera_id", pa.int16()),
        ("shot", pa.int32()),
        ("frame", pa.int16()),
        ("time", pa.float64()),
        ("box", pa.list_(pa.int32(), 4)),
        ("body_box", pa.list_(pa.float32(), 4)),
        ("visibility", pa.float32()),
        ("truncation", pa.float32()),
        ("azimuth", pa.float32()),
        ("depression", pa.float32()),
        ("distance", pa.float32()),
        ("keypoints_2d", pa.list_(pa.list_(pa.float32(), 2), 17)),
        ("keypoints_3d", pa.list_(pa.list_(pa.float32(), 3), 17)),
        ("keypoints_visible", pa.list_(pa.bool_(), 17)),
        ("mask", pa.string()),
        ("exposure_ev", pa.float32()),
        ("colour_bias", pa.list_(pa.float32(), 3)),
        ("gamma", pa.float32()),
        ("contrast", pa.float32()),
        ("saturation", pa.float32()),
        ("vignetting", pa.float32()),
        ("noise", pa.float32()),
        ("blur", pa.float32()),
        ("temperature", pa.float32()),
        ("read_noise", pa.float32()),
        ("shutter", pa.float32()),
        ("motion_blur", pa.float32()),
        ("defocus", pa.float32()),
        ("resolution", pa.float32()),
        ("codec", pa.string()),
        ("crf", pa.int16()),
        ("fog", pa.float32()),
        ("rain", pa.float32()),
        ("snow", pa.float32()),
        ("jpeg_quality", pa.int16()),
        ("brightness", pa.float32()),
        ("sharpness", pa.float32()),
    ]
)
"""``file`` is under the data set's root: an image, or the video or shard the crop is in;
``position`` counts the tracklet's crops from 0, which is the frame's number in a video; ``offset``
and ``size`` say where in a shard its image lies, bytes. ``box`` and ``body_box`` x0, y0, x1, y1 and
``keypoints_2d`` in frame pixels; ``mask`` COCO counts over the box; angles in degrees, lengths in
metres (see RenderedCrop); ``time`` seconds on the data set's clock, from midnight of day 0;
``keypoints_visible`` those in frame with nothing in front; ``colour_bias`` the camera's gains, on
top of the white balance its ``temperature`` (kelvin) makes; ``read_noise`` share of the noise's
variance; ``shutter`` seconds; ``motion_blur`` pixels the person moves in them; ``defocus`` radius,
pixels; ``resolution`` sensor pixels per pixel; ``codec`` jpeg or h264, with ``crf``; ``fog``
extinction per metre; ``rain`` mm/h; ``snow`` flakes per cubic metre; ``brightness`` 0 to 255;
``sharpness`` variance of the Laplacian."""

SIGHTS = pa.schema([*CROPS, ("ignored", pa.bool_())])
"""A row of ``crops/*.parquet`` where pictures are whole frames: a person in one. ``file`` is the
frame and ``mask`` counts over all of it; ``box`` is the crop that would have been cut out.
``ignored`` are those whom the box rules of the config would have dropped: they are in the picture,
but neither in a tracklet (no ``position``) nor to be asked for."""

VIEWS = pa.schema(
    [
        ("file", pa.string()),
        ("camera_id", pa.int16()),
        ("shot", pa.int32()),
        ("frame", pa.int16()),
        ("time", pa.float64()),
        ("split", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("site", pa.string()),
        ("indoor", pa.bool_()),
        ("weather", pa.string()),
        ("hour", pa.string()),
        ("others_id", pa.list_(pa.int32())),
        ("others_box", pa.list_(pa.list_(pa.int32(), 4))),
        ("others_mask", pa.list_(pa.string())),
    ]
)
"""A row of ``views/*.parquet``: a whole frame. ``split`` train or test: nobody is in frames of
both; ``width`` and ``height`` pixels; ``others_id``, ``others_box`` (x0, y0, x1, y1, of what shows)
and ``others_mask`` (COCO counts over the frame) are of people without a row in ``crops``:
bystanders, and walkers nearer to the lens than 0.3 m."""

TRACKLETS = pa.schema(
    [
        ("tracklet", pa.string()),
        ("person_id", pa.int32()),
        ("label_id", pa.int32()),
        ("split", pa.string()),
        ("outfit_id", pa.int16()),
        ("clothes_id", pa.int32()),
        ("camera_id", pa.int16()),
        ("shot", pa.int32()),
        ("site", pa.string()),
        ("indoor", pa.bool_()),
        ("weather", pa.string()),
        ("hour", pa.string()),
        ("sky", pa.string()),
        ("motion", pa.string()),
        ("start_time", pa.float64()),
        ("background", pa.string()),
        ("fps", pa.float32()),
        ("frames", pa.int16()),
        ("path", pa.string()),
        ("query", pa.bool_()),
    ]
)
"""``label_id`` is what benchmarks see: the person, or 0 for a distractor; ``split`` train, test or
distractor; ``outfit_id`` counts a person's outfits from 1, ``clothes_id`` is unique over people;
``sky`` is the HDRI that lit the shot, or procedural, or indoor; ``background`` the photograph
behind the people, empty where there is none: site, weather, sky and hour are ``picture`` then;
``start_time`` is the first crop's ``time``; ``motion`` walk, run, stand or captured;
``path`` is the tracklet's video or shard, or the folder of its images
``<tracklet>F*.jpg``; ``frames`` counts them; ``query`` marks the tracklets searched for."""


def crop_record(
    crop: RenderedCrop,
    camera: Camera,
    names: dict[str, Any],
    air: Air,
    measured: dict[str, float],
) -> dict[str, Any]:
    """A row of CROPS; ``names`` gives tracklet, file, person_id, shot and time; ``measured`` the
    rest."""
    look = camera.photometry
    return {
        **names,
        "camera_id": crop.camera_id,
        "frame": crop.frame,
        "box": [int(edge) for edge in crop.box],
        "body_box": [float(edge) for edge in crop.body_box],
        "visibility": float(crop.visibility),
        "truncation": float(crop.truncation),
        "azimuth": float(crop.azimuth),
        "depression": float(crop.depression),
        "distance": float(crop.distance),
        "keypoints_2d": crop.keypoints_2d.tolist(),
        "keypoints_3d": crop.keypoints_3d.tolist(),
        "keypoints_visible": joints_visible(crop, camera).tolist(),
        "mask": encode_mask(crop.index == crop.walker + 1),
        "exposure_ev": look.exposure_ev,
        "colour_bias": list(look.white_balance),
        "gamma": look.gamma,
        "contrast": look.contrast,
        "saturation": look.saturation,
        "vignetting": look.vignetting,
        "noise": look.noise,
        "blur": look.blur,
        "temperature": look.temperature,
        "read_noise": look.read_noise,
        "shutter": look.shutter,
        "motion_blur": look.shutter * hypot(*crop.velocity),
        "defocus": look.defocus,
        "resolution": look.resolution,
        "codec": look.codec,
        "crf": look.crf,
        "fog": air.fog,
        "rain": air.rain,
        "snow": air.snow,
        "jpeg_quality": look.jpeg_quality,
        **measured,
    }


def person_record(
    person: Person,
    split: str,
    *,
    outfit_id: int,
    clothes_id: int,
    group: int,
    regions: Iterable[str],
) -> dict[str, Any]:
    """A person in an outfit: what they are made of, ``upper_kind``, ``gait_speed``, ..., what they
    have with them, ``accessories_bag_kind``, ``accessories_bag_colour_name``, ..., what each arm
    does, ``posture_left`` and ``posture_right``, and in words, ``attribute_sleeve``, ...

    ``group`` is the lowest id of those who look alike with the person, and ``regions`` are where
    the person differs from that one in this outfit. ``upper_asset``, ``lower_asset``,
    ``shoes_asset``, ``hair_asset`` and ``hat_asset`` name MakeHuman assets, empty for none.
    Of someone moved by a file, ``motion`` names it and all of the gait but ``gait_speed`` is NaN.
    """
    values = _flat(asdict(person))
    if person.motion:
        values |= {k: nan for k in values if k.startswith("gait_") and k != "gait_speed"}
    return {
        "person_id": person.person_id,
        "split": split,
        "outfit_id": outfit_id,
        "clothes_id": clothes_id,
        "look_alike_group": group,
        "look_alike_regions": ",".join(regions),
        **values,
        **{PREFIX + name: word for name, word in describe(person).items()},
    }


def write_table(
    path: Path, records: Iterable[dict[str, Any]], schema: pa.Schema | None = None
) -> None:
    """Records as a Parquet file; without a schema, types are read off the values."""
    table = pa.Table.from_pylist(list(records), schema=schema)
    table = table.replace_schema_metadata({"vidsynth_schema_version": str(SCHEMA_VERSION)})
    pq.write_table(table, path, compression="zstd")


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}_")
        else:
            flat[prefix + name] = list(value) if isinstance(value, tuple) else value
    return flat
