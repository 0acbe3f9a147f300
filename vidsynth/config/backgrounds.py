"""Settings of photographs behind people."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from vidsynth.config.sections import Section


class BackgroundConfig(Section):
    """Photographs in place of a built site: what a fixed camera sees behind people."""

    directory: Path | None = Field(
        None, description="folder of pictures (JPEG, PNG, WebP); null: built sites only"
    )
    share: float = Field(
        1.0, ge=0.0, le=1.0, description="of cameras that have a picture of backgrounds.directory"
    )
    horizon: float = Field(
        0.5, ge=0.0, le=1.0, description="height of the pictures' horizon, 0 top, 1 bottom"
    )
