"""Settings of how full places are."""

from __future__ import annotations

from pydantic import Field

from vidsynth.config.sections import Section


class CrowdConfig(Section):
    """Passers-by whom nobody labels, and how much people hide each other."""

    density: float = Field(
        0.0, ge=0.0, le=50.0, description="bystanders per 100 m2; at most 24, while there is room"
    )
    standing: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="share of bystanders who stand about; null: as motion.stand_share",
    )
    occlusion: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="share of people led in front of or behind another; 0: avoided",
    )
