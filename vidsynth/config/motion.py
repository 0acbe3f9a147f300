"""Settings of how people move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from vidsynth.config.sections import Section
from vidsynth.drawing.distributions import Distribution
from vidsynth.drawing.markers import ONE_A_PERSON, Drawn


class MotionConfig(Section):
    """How people move: each by a gait of their own, or as captured people did."""

    bvh_directory: Path | None = Field(
        None, description="folder of BVH files, one drawn for each person; null: gaits only"
    )
    joint_map: Path | None = Field(
        None,
        description="YAML file that says what those files call hips, knees and so on; null: names "
        "that are known",
    )
    bvh_share: float = Field(
        1.0,
        ge=0.0,
        le=1.0,
        description="share of people who move by a file of motion.bvh_directory",
    )
    speed: Annotated[Distribution, Drawn(0.75, 1.9, ONE_A_PERSON)] | None = Field(
        None, description="each person's walking speed, m/s; null: as people of their age walk"
    )
    azimuth: Annotated[Distribution, Drawn(0, 360)] | None = Field(
        None,
        description="from where a camera sees people half way through a shot, degrees: 0 the face, "
        "90 their left, 180 the back; drawn for each party; null: as they happen to walk",
    )
    run_share: float = Field(
        0.03,
        ge=0.0,
        le=1.0,
        description="share of the times that people are seen in which they run",
    )
    stand_share: float = Field(
        0.06, ge=0.0, le=1.0, description="share of those times in which they stand about"
    )
    group_share: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="share of people who go with one to three others of their shot",
    )

    @model_validator(mode="after")
    def _manners_fit(self) -> MotionConfig:
        if self.run_share + self.stand_share > 1:
            raise ValueError(
                "expected motion.run_share and motion.stand_share to add up to 1 at most, found "
                f"{self.run_share:g} and {self.stand_share:g}"
            )
        if self.joint_map is not None and self.bvh_directory is None:
            raise ValueError(
                "motion.joint_map names the joints of motion.bvh_directory, which is not set: set "
                "it, or leave motion.joint_map out"
            )
        return self
