"""Settings of where and when: hours, weathers, skies."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.places.sites import SITES

SITE_NAMES = tuple(sorted(SITES))
HOURS = ("midnight", "dawn", "forenoon", "noon", "afternoon", "dusk", "night")
WEATHERS = ("sunny", "clouds", "overcast", "foggy", "neutral", "blizzard", "snowlight", "rain")


class SkyConfig(Section):
    """Skies out of pictures, in place of the procedural one."""

    hdri_share: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="share of outdoor shots in sun, clouds or neutral weather; null: all with "
        "hdri_directory, none without",
    )
    hdri_directory: Path | None = Field(
        None,
        description="folder of .hdr, .exr, .jpg and .png panoramas for any hour; null: Blender's "
        "own",
    )

    @property
    def share(self) -> float:
        """``hdri_share``, or what it is where it is not given."""
        if self.hdri_share is not None:
            return self.hdri_share
        return 0.0 if self.hdri_directory is None else 1.0

    @property
    def folder(self) -> Path | None:
        """The folder of panoramas that are used."""
        return self.hdri_directory if self.share else None
