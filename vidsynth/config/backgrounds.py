"""Settings of photographs behind people."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from vidsynth.config.sections import Section
from vidsynth.drawing.choices import Choice


class BackgroundConfig(Section):
    """Photographs in place of a built site: what a fixed camera sees behind people."""

    directory: Path | None = Field(
        None, description="folder of pictures (JPEG, PNG, WebP); null: built sites only"
    )
    pictures: Choice | None = Field(
        None, description="names of its files, with weights; null: all, each as often"
    )
    share: float = Field(
        1.0,
        ge=0.0,
        le=1.0,
        description="share of cameras that have a picture of backgrounds.directory",
    )
    horizon: float = Field(
        0.5, ge=0.0, le=1.0, description="height of the pictures' horizon, 0 top, 1 bottom"
    )

    @model_validator(mode="after")
    def _pictures_lie_somewhere(self) -> BackgroundConfig:
        if self.pictures is not None and self.directory is None:
            raise ValueError("pictures are names of files in directory, which is not set: set it")
        return self
