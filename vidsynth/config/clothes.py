"""Settings of what people wear."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from vidsynth.config.sections import Section, Span

Palette = Literal["everyday", "dark", "bright", "pastel", "earth", "black"]


class ClothesConfig(Section):
    """Colours, patterns and layers of garments."""

    palette: Palette = Field(
        "everyday", description="colours of clothes: everyday, dark, bright, pastel, earth or black"
    )
    patterned: float = Field(
        0.48, ge=0.0, le=1.0, description="of tops and dresses that have a pattern"
    )
    open_share: float = Field(
        0.4, ge=0.0, le=1.0, description="of jackets, coats and hoodies, open over a top"
    )


class TextureConfig(Section):
    """Cloth made out of pictures: photographs of clothes, or any others."""

    directory: Path | None = Field(
        None, description="folder of pictures (JPEG, PNG, WebP); null: generated cloth only"
    )
    share: float = Field(
        0.5, ge=0.0, le=1.0, description="of tops, and of what is worn below, made of a picture"
    )
    width: Span = Field(
        (0.35, 0.7), description="metres of cloth that a picture covers, from and to"
    )

    @model_validator(mode="after")
    def _widths_of_cloth(self) -> TextureConfig:
        low, high = self.width
        if not 0.05 <= low <= high <= 2.0:
            raise ValueError("expected width as [from, to] with 0.05 <= from <= to <= 2")
        return self
