"""Settings of cameras, and of the boxes people are cut out by."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from vidsynth.config.sections import Section, between


class CameraConfig(Section):
    """Where cameras hang and what they do to light; each camera draws once from each range."""

    width: int = Field(1280, ge=320, le=3840, description="frame width, pixels")
    height: int = Field(720, ge=240, le=2160, description="frame height, pixels")
    mount_height: Annotated[tuple[float, float], AfterValidator(between(1.0, 12.0))] = Field(
        (2.2, 5.5), description="height above ground, metres; narrowed to what the site allows"
    )
    distance: Annotated[tuple[float, float], AfterValidator(between(3.0, 30.0))] = Field(
        (6.0, 13.0), description="from the point looked at, on the ground, metres"
    )
    person_height: Annotated[tuple[float, float], AfterValidator(between(40.0, 600.0))] = Field(
        (130.0, 260.0), description="pixels of a 1.70 m person at the point looked at"
    )
    exposure_ev: Annotated[tuple[float, float], AfterValidator(between(-4.0, 4.0))] = Field(
        (-0.5, 0.6), description="stops"
    )
    colour_bias: float = Field(
        0.12, ge=0.0, le=0.6, description="standard deviation of ln(white balance gain)"
    )
    gamma: Annotated[tuple[float, float], AfterValidator(between(0.3, 3.0))] = Field(
        (0.75, 1.25), description="exponent on the display value; above 1 darkens mid-tones"
    )
    contrast: Annotated[tuple[float, float], AfterValidator(between(0.3, 3.0))] = Field(
        (1.1, 1.6), description="slope about middle grey, after the display curve"
    )
    saturation: Annotated[tuple[float, float], AfterValidator(between(0.0, 2.0))] = Field(
        (0.8, 1.3), description="0 grey, 1 unchanged"
    )
    vignetting: Annotated[tuple[float, float], AfterValidator(between(0.0, 0.9))] = Field(
        (0.0, 0.35), description="share of light lost in the frame's corners"
    )
    noise: Annotated[tuple[float, float], AfterValidator(between(0.0, 40.0))] = Field(
        (1.0, 5.0), description="standard deviation at mid-grey, 0-255 scale"
    )
    blur: Annotated[tuple[float, float], AfterValidator(between(0.0, 6.0))] = Field(
        (0.2, 1.1), description="Gaussian sigma, pixels"
    )
    jpeg_quality: Annotated[tuple[int, int], AfterValidator(between(5, 100))] = Field(
        (60, 95), description="1 to 100"
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
    min_frames: int = Field(4, ge=1, le=999, description="tracklets with fewer crops are dropped")
