"""Settings of who computes the pixels, how well, and how they lie on disk."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vidsynth.config.sections import Section

Quality = Literal["fast", "standard", "high"]


class RenderConfig(Section):
    """Who computes the pixels."""

    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="auto takes the GPU where Blender finds one"
    )


class OutputConfig(Section):
    """How crops lie on disk; labels are the same for all."""

    format: Literal["mars", "mp4", "webdataset"] = Field(
        "mars",
        description="mars: an image tree; mp4: a video per tracklet; webdataset: tar shards",
    )
    crf: int = Field(
        18, ge=0, le=40, description="H.264 quality of mp4, 0 lossless, higher is coarser"
    )
