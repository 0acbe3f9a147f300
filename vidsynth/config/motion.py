"""Settings of how people move."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from vidsynth.config.sections import Section


class MotionConfig(Section):
    """How people move: each by a gait of their own, or as captured people did."""

    bvh_directory: Path | None = Field(
        None, description="folder of BVH files, one drawn for each person; null: gaits only"
    )
    bvh_share: float = Field(
        1.0, ge=0.0, le=1.0, description="of people who move by a file of motion.bvh_directory"
    )
