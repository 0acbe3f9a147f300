"""Settings of what people wear."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import ONE_A_PERSON, Among, Drawn, Share
from vidsynth.wardrobe.colours import CLOTH, PALETTES
from vidsynth.wardrobe.garments import GARMENTS, LOWER_KINDS, SHOE_KINDS, UPPER_KINDS
from vidsynth.wardrobe.patterns import PATTERNS

LOWER = tuple(name for name in LOWER_KINDS if name != "none")
WOMENS_UPPER, WOMENS_LOWER = (
    tuple(name for name in names if "male" not in GARMENTS[name].worn)
    for names in (UPPER_KINDS, LOWER)
)
"""What men do not wear here."""
UPPER_PATTERNS, LOWER_PATTERNS = ("plain", "knit", *PATTERNS), ("plain", *PATTERNS)


class ClothesConfig(Section):
    """Kinds, colours, patterns and layers of garments. Kinds that one sex does not wear are drawn
    for the other alone."""

    palette: Annotated[Choice, Among(tuple(PALETTES), ONE_A_PERSON)] = Field(
        choice("everyday"), description="colours of clothes, drawn for each outfit"
    )
    upper: Annotated[Choice, Among(UPPER_KINDS, ONE_A_PERSON)] | None = Field(
        None, description="kinds worn above; null: as on a street"
    )
    lower: Annotated[Choice, Among(LOWER, ONE_A_PERSON)] | None = Field(
        None, description="kinds worn below; null: as on a street"
    )
    shoes: Annotated[Choice, Among(SHOE_KINDS, ONE_A_PERSON)] | None = Field(
        None, description="kinds worn on the feet; null: as on a street"
    )
    upper_colour: Annotated[Choice, Among(tuple(CLOTH), ONE_A_PERSON)] | None = Field(
        None, description="of what is worn above; null: the palette's"
    )
    lower_colour: Annotated[Choice, Among(tuple(CLOTH), ONE_A_PERSON)] | None = Field(
        None,
        description="of what is worn below; null: the palette's; jeans of a colour that denim "
        "does not have are trousers",
    )
    shoe_colour: Annotated[Choice, Among(tuple(CLOTH), ONE_A_PERSON)] | None = Field(
        None, description="null: the palette's"
    )
    upper_pattern: Annotated[Choice, Among(UPPER_PATTERNS, ONE_A_PERSON)] | None = Field(
        None, description="of what is worn above, but for denim; null: as on a street"
    )
    lower_pattern: Annotated[Choice, Among(LOWER_PATTERNS, ONE_A_PERSON)] | None = Field(
        None, description="of what is worn below, but for denim; null: as on a street"
    )
    patterned: Annotated[float, Share(ONE_A_PERSON)] = Field(
        0.48, ge=0.0, le=1.0, description="share of tops and dresses with a pattern"
    )
    open_share: Annotated[float, Share(ONE_A_PERSON)] = Field(
        0.4, ge=0.0, le=1.0, description="share of jackets, coats and hoodies worn open"
    )


class TextureConfig(Section):
    """Cloth made out of pictures: photographs of clothes, or any others."""

    directory: Path | None = Field(
        None, description="folder of pictures (JPEG, PNG, WebP); null: generated cloth only"
    )
    share: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        description="share of tops, and of what is worn below, made of a picture",
    )
    width: Annotated[Distribution, Drawn(0.05, 2)] = Field(
        of([0.35, 0.7]), description="metres of cloth that a picture covers, for each garment"
    )
