"""Settings of clothes, hair, shoes and hats in MakeHuman's format."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from vidsynth.config.sections import Section


class MakeHumanConfig(Section):
    """What people wear out of a folder of MakeHuman assets."""

    directory: Path | None = Field(
        None,
        description="folder of .mhclo assets, searched with those below it; null: none are worn",
    )
    share: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        description="share of people, for each of top, legs, shoes and hair; hats 1/4 of it",
    )
