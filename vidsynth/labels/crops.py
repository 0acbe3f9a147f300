"""The columns of a crop: a person in one frame of one camera."""

from __future__ import annotations

from math import hypot

import pyarrow as pa

from vidsynth.labels.columns import Column, Table, list_of
from vidsynth.labels.keypoints import joints_visible
from vidsynth.labels.masks import encode_mask
from vidsynth.labels.sighting import Sighting

Crop = Column[Sighting]

_PLACE = (
    Crop("tracklet", pa.string(), "", "name of the tracklet", lambda s: s.tracklet),
    Crop(
        "file", pa.string(), "",
        "under the data set's root: an image, or the video or shard that the crop is in",
        lambda s: s.file,
    ),
    Crop(
        "position", pa.int16(), "",
        "counts the tracklet's crops from 0: the number of the frame in a video of it",
    ),
    Crop("offset", pa.int64(), "bytes", "where in a shard the image begins"),
    Crop("size", pa.int32(), "bytes", "of the image in a shard"),
    Crop("person_id", pa.int32(), "", "the person", lambda s: s.subject.person_id),
    Crop("camera_id", pa.int16(), "", "the camera, from 1", lambda s: s.camera.camera_id),
    Crop("shot", pa.int32(), "", "the shot, from 0", lambda s: s.shot.index),
    Crop("frame", pa.int16(), "", "counts the frames of the shot from 0", lambda s: s.take.frame),
    Crop(
        "time", pa.float64(), "s", "on the data set's clock, from midnight of day 0",
        lambda s: s.time,
    ),
)  # fmt: skip

_SEEN = (
    Crop(
        "box", list_of(pa.int32(), 4), "px",
        "the crop in the frame: x0, y0, x1, y1, the last two exclusive",
        lambda s: [int(edge) for edge in s.person.box],
    ),
    Crop(
        "body_box", list_of(pa.float32(), 4), "px",
        "the person's own box, before jitter and clipping",
        lambda s: [float(edge) for edge in s.person.body_box],
    ),
    Crop(
        "visibility", pa.float32(), "share", "of the body's points seen, in frame and unoccluded",
        lambda s: float(s.person.visibility),
    ),
    Crop(
        "truncation", pa.float32(), "share", "of body_box outside the frame",
        lambda s: float(s.person.truncation),
    ),
    Crop(
        "azimuth", pa.float32(), "degrees",
        "from where the camera sees the person: 0 the face, 90 their left, 180 the back",
        lambda s: float(s.person.azimuth),
    ),
    Crop(
        "depression", pa.float32(), "degrees",
        "below the horizon at which the camera looks at the person",
        lambda s: float(s.person.depression),
    ),
    Crop(
        "distance", pa.float32(), "m", "from the camera to the person's middle",
        lambda s: float(s.person.distance),
    ),
    Crop(
        "heading", pa.float32(), "degrees",
        "in which the person faces, over the ground from +x of the site towards +y",
        lambda s: float(s.person.heading),
    ),
    Crop(
        "speed", pa.float32(), "m/s", "of the person over the ground, in this frame",
        lambda s: float(s.person.speed),
    ),
    Crop(
        "phase", pa.float32(), "share",
        "of the gait cycle, in which the right heel strikes at 0 and the left at 0.5; of the loop "
        "of a captured file; of a minute of standing about",
        lambda s: float(s.person.phase),
    ),
    Crop(
        "keypoints_2d", list_of(pa.float32(), 17, 2), "px", "COCO's 17 joints in the frame",
        lambda s: s.person.keypoints_2d.tolist(),
    ),
    Crop(
        "keypoints_3d", list_of(pa.float32(), 17, 3), "m", "the joints in the site",
        lambda s: s.person.keypoints_3d.tolist(),
    ),
    Crop(
        "keypoints_visible", list_of(pa.bool_(), 17), "",
        "joints in the crop with nothing in front of them",
        lambda s: joints_visible(s.picture, s.person).tolist(),
    ),
    Crop(
        "mask", pa.string(), "",
        "COCO's counts of the person's pixels, over the box, or over the whole frame where the "
        "picture is one",
        lambda s: encode_mask(s.picture.index == s.person.walker + 1),
    ),
)  # fmt: skip

_LOOK = (
    Crop("exposure_ev", pa.float32(), "stops", "on top of the automatic exposure",
         lambda s: s.look.exposure_ev),
    Crop("colour_bias", list_of(pa.float32(), 3), "",
         "gains of red, green and blue, on top of the white balance that temperature makes",
         lambda s: list(s.look.white_balance)),
    Crop("gamma", pa.float32(), "", "exponent on the display value", lambda s: s.look.gamma),
    Crop("contrast", pa.float32(), "", "slope about middle grey", lambda s: s.look.contrast),
    Crop("saturation", pa.float32(), "", "0 grey, 1 unchanged", lambda s: s.look.saturation),
    Crop("vignetting", pa.float32(), "share", "of light lost in the frame's corners",
         lambda s: s.look.vignetting),
    Crop("noise", pa.float32(), "of 255", "standard deviation at mid-grey",
         lambda s: s.look.noise),
    Crop("blur", pa.float32(), "px", "sigma of the lens's Gaussian", lambda s: s.look.blur),
    Crop("temperature", pa.float32(), "K", "of light that the camera takes for white",
         lambda s: s.look.temperature),
    Crop("read_noise", pa.float32(), "share", "of the noise's variance that is there in the dark",
         lambda s: s.look.read_noise),
    Crop("shutter", pa.float32(), "s", "how long it is open", lambda s: s.look.shutter),
    Crop("motion_blur", pa.float32(), "px", "the person moves while the shutter is open",
         lambda s: s.look.shutter * hypot(*s.person.velocity)),
    Crop("defocus", pa.float32(), "px", "radius of a point out of focus",
         lambda s: s.look.defocus),
    Crop("resolution", pa.float32(), "share", "sensor pixels per pixel",
         lambda s: s.look.resolution),
    Crop("codec", pa.string(), "", "jpeg or h264", lambda s: s.look.codec),
    Crop("crf", pa.int16(), "", "H.264's constant rate factor, 0 for jpeg", lambda s: s.look.crf),
    Crop("light", pa.string(), "",
         "the direct light that is strongest where the person is, whatever is in its way: sun (the "
         "moon at night), lamp, window, picture (guessed from the photograph); empty for none, and "
         "for what shines in a panorama: nobody looks for it there",
         lambda s: s.light[0]),
    Crop("light_azimuth", pa.float32(), "degrees",
         "of that light, right of the camera's own direction for who looks at the person, -180 to "
         "180; NaN for none",
         lambda s: s.light[1]),
    Crop("light_elevation", pa.float32(), "degrees",
         "of that light above the ground; NaN for none", lambda s: s.light[2]),
    Crop("fog", pa.float32(), "1/m", "extinction", lambda s: s.air.fog),
    Crop("rain", pa.float32(), "mm/h", "how much falls", lambda s: s.air.rain),
    Crop("snow", pa.float32(), "1/m^3", "flakes in the air", lambda s: s.air.snow),
    Crop("jpeg_quality", pa.int16(), "", "1 to 100", lambda s: s.look.jpeg_quality),
    Crop("brightness", pa.float32(), "of 255", "mean of the crop's grey values",
         lambda s: s.measured["brightness"]),
    Crop("sharpness", pa.float32(), "", "variance of the Laplacian of the crop's grey values",
         lambda s: s.measured["sharpness"]),
)  # fmt: skip

CROPS = Table((*_PLACE, *_SEEN, *_LOOK))
"""A row of ``crops/*.parquet``: a crop of a tracklet."""

SIGHTS = Table(
    (
        *CROPS.columns,
        Crop(
            "ignored", pa.bool_(), "",
            "the box rules would have dropped the crop: the person is in the picture, but in no "
            "tracklet",
            lambda s: s.ignored,
        ),
    )
)  # fmt: skip
"""A row of ``crops/*.parquet`` where pictures are whole frames: a person in one."""
