"""Settings of cameras, and of the boxes people are cut out by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import ONE_A_CAMERA, Drawn


class CameraConfig(Section):
    """Where cameras hang and what they do to light; each camera draws once from each."""

    network: Path | None = Field(
        None, description="JSON file of calibrated cameras, as cameras.json; null: drawn"
    )
    views: Literal["any", "overlapping", "disjoint"] = Field(
        "any", description="what the cameras of a site see: ground in common, or none"
    )
    width: int = Field(1280, ge=320, le=3840, description="frame width, pixels")
    height: int = Field(720, ge=240, le=2160, description="frame height, pixels")
    mount_height: Annotated[Distribution, Drawn(1, 12, ONE_A_CAMERA)] = Field(
        of([2.2, 5.5]), description="height above ground, metres; narrowed to what the site allows"
    )
    depression: Annotated[Distribution, Drawn(0, 80, ONE_A_CAMERA)] | None = Field(
        None,
        description="of the optical axis below the horizon, degrees; null: as height and distance "
        "give; drawn: distance follows, within camera.distance",
    )
    distance: Annotated[Distribution, Drawn(2, 30, ONE_A_CAMERA)] = Field(
        of([6.0, 13.0]), description="from the point looked at, on the ground, metres"
    )
    person_height: Annotated[Distribution, Drawn(40, 600, ONE_A_CAMERA)] = Field(
        of([130.0, 260.0]), description="pixels of a 1.70 m person at the point looked at"
    )
    focal: Annotated[Distribution, Drawn(10, 300, ONE_A_CAMERA)] | None = Field(
        None, description="focal length, mm for 36 mm of width; null: as person_height wants"
    )
    distortion: Annotated[Distribution, Drawn(-0.25, 0.25, ONE_A_CAMERA)] = Field(
        of(0.0),
        description="the lens moves the frame's corner outward by this share; below 0: barrel",
    )
    exposure_ev: Annotated[Distribution, Drawn(-4, 4, ONE_A_CAMERA)] = Field(
        of([-0.5, 0.6]), description="stops"
    )
    temperature: Annotated[Distribution, Drawn(2500, 12000, ONE_A_CAMERA)] = Field(
        of(6500.0), description="white balance: the light taken for white, kelvin"
    )
    red_bias: Annotated[Distribution, Drawn(-1, 1, ONE_A_CAMERA)] = Field(
        of({"normal": [0, 0.12]}), description="ln of the gain of red against green"
    )
    blue_bias: Annotated[Distribution, Drawn(-1, 1, ONE_A_CAMERA)] = Field(
        of({"normal": [0, 0.12]}), description="ln of the gain of blue against green"
    )
    gamma: Annotated[Distribution, Drawn(0.3, 3, ONE_A_CAMERA)] = Field(
        of([0.75, 1.25]), description="exponent on the display value; above 1 darkens mid-tones"
    )
    contrast: Annotated[Distribution, Drawn(0.3, 3, ONE_A_CAMERA)] = Field(
        of([1.1, 1.6]), description="slope about middle grey, after the display curve"
    )
    saturation: Annotated[Distribution, Drawn(0, 2, ONE_A_CAMERA)] = Field(
        of([0.8, 1.3]), description="0 grey, 1 unchanged"
    )
    vignetting: Annotated[Distribution, Drawn(0, 0.9, ONE_A_CAMERA)] = Field(
        of([0.0, 0.35]), description="share of light lost in the frame's corners"
    )
    noise: Annotated[Distribution, Drawn(0, 40, ONE_A_CAMERA)] = Field(
        of([1.0, 5.0]), description="standard deviation at mid-grey, 0-255 scale"
    )
    read_noise: Annotated[Distribution, Drawn(0, 1, ONE_A_CAMERA)] = Field(
        of(0.33), description="share of the noise's variance that is there in the dark, too"
    )
    shutter: Annotated[Distribution, Drawn(0, 0.2, ONE_A_CAMERA)] = Field(
        of([0.001, 0.01]), description="seconds; a person's motion in that time is blurred"
    )
    blur: Annotated[Distribution, Drawn(0, 6, ONE_A_CAMERA)] = Field(
        of([0.2, 1.1]), description="Gaussian sigma, pixels"
    )
    defocus: Annotated[Distribution, Drawn(0, 8, ONE_A_CAMERA)] = Field(
        of(0.0), description="radius of the disc a point of light becomes, pixels"
    )
    resolution: Annotated[Distribution, Drawn(0.1, 1, ONE_A_CAMERA)] = Field(
        of(1.0), description="pixels the sensor delivers, per pixel of width; scaled up again"
    )
    codec: Literal["jpeg", "h264"] = Field(
        "jpeg", description="jpeg: still by still; h264: a video stream, decoded again"
    )
    jpeg_quality: Annotated[Distribution, Drawn(5, 100, ONE_A_CAMERA, whole=True)] = Field(
        of([60, 95]), description="1 to 100, of camera.codec=jpeg"
    )
    crf: Annotated[Distribution, Drawn(0, 51, ONE_A_CAMERA, whole=True)] = Field(
        of([24, 36]), description="of camera.codec=h264, 0 lossless, higher is coarser"
    )


class BoxConfig(Section):
    """How a person is cut out of a frame, and which crops are worth keeping."""

    jitter: float = Field(
        0.1, ge=0.0, le=0.5, description="each side moves out by U(0, jitter) of the box"
    )
    min_width: float = Field(
        0.40, ge=0.0, le=2.0, description="narrower boxes are widened to this share of their height"
    )
    min_height: int = Field(48, ge=8, le=1000, description="person in the frame, pixels")
    min_visibility: float = Field(
        0.35, ge=0.0, le=1.0, description="share of the body in frame and unoccluded"
    )
    max_truncation: float = Field(
        0.3, ge=0.0, le=1.0, description="share of the person's box outside the frame"
    )
    min_mask: int = Field(0, ge=0, description="person's pixels in the mask")
    min_area: int = Field(0, ge=0, description="pixels of the mask's own box")
    max_aspect: float = Field(
        10.0, gt=0.0, le=10.0, description="width of the mask's own box, per height"
    )
    min_fill: float = Field(
        0.0, ge=0.0, le=1.0, description="share of the mask's own box that it covers"
    )
    border: int = Field(
        0, ge=0, le=200, description="pixels the mask's own box keeps from the frame's edge"
    )
    min_frames: int = Field(4, ge=1, le=999, description="tracklets with fewer crops are dropped")
