"""Settings of where and when: hours, weathers, skies."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from vidsynth.config.sections import Section

Hour = Literal["midnight", "dawn", "forenoon", "noon", "afternoon", "dusk", "night"]
Weather = Literal[
    "sunny", "clouds", "overcast", "foggy", "neutral", "blizzard", "snowlight", "rain"
]


class SkyConfig(Section):
    """Skies out of pictures, in place of the procedural one."""

    hdri_share: float = Field(
        0.0, ge=0.0, le=1.0, description="of outdoor shots in sun, clouds or neutral weather"
    )
    hdri_directory: Path | None = Field(
        None, description="folder of .hdr and .exr panoramas for any hour; null: Blender's own"
    )
