"""Settings of who computes the pixels, how well, and how they lie on disk."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vidsynth.config.sections import Section

Quality = Literal["fast", "standard", "high"]


class RenderConfig(Section):
    """Who computes the pixels."""

    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto",
        description="auto is the CPU, until a GPU is measured faster for pictures this small; gpu "
        "takes the one Blender finds",
    )


class StillConfig(RenderConfig):
    """Who computes the pixels, and whether their light is kept."""

    light: bool = Field(
        False,
        description="keep each image's linear light (light/*.npz), for other looks without "
        "rendering again",
    )


class FilmConfig(RenderConfig):
    """Who computes the pixels, and of what."""

    frames: Literal["crops", "whole"] = Field(
        "crops",
        description="crops: each person's box; whole: frames with everybody, several times dearer",
    )


WHOLE = ("frames", "video", "coco", "mot")
"""Formats of whole frames; the others hold crops."""


class OutputConfig(Section):
    """How pictures lie on disk; labels are the same for all."""

    format: Literal["mars", "mp4", "webdataset", "frames", "video", "coco", "mot"] = Field(
        "mars",
        description="of crops: mars, mp4 (a video per tracklet), webdataset (tar shards); of whole "
        "frames: frames (an image tree), video (a video per camera and shot), coco, mot",
    )
    crf: int = Field(
        18, ge=0, le=40, description="H.264 quality of mp4 and video, 0 lossless, higher is coarser"
    )
