"""Settings of how people are built."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import ONE_A_PERSON, Among, Drawn, Share
from vidsynth.wardrobe.hair_styles import HAIR_STYLES

SKIN_TONES = (
    "very-light-rosy", "very-light-golden", "light-rosy", "light-golden",
    "intermediate-rosy", "intermediate-golden", "tan-rosy", "tan-golden",
    "brown-rosy", "brown-golden", "dark-rosy", "dark-golden",
    "very-dark-rosy", "very-dark-golden",
)  # fmt: skip
HAIR_COLOURS = (
    "black", "dark-brown", "brown", "light-brown", "blond", "red", "grey", "white",
)  # fmt: skip

_WALKERS = of(
    {
        "histogram": {
            "edges": [12, 16, 20, 30, 45, 60, 70, 80, 85],
            "counts": [5, 7, 20, 28, 24, 13, 9, 3],
        }
    }
)
"""How many of each age are out walking: children seldom alone, the very old seldom."""


class BodiesConfig(Section):
    """Whose bodies there are; stature, weight and muscle follow from sex and age."""

    ages: Annotated[Distribution, Drawn(12, 85, ONE_A_PERSON)] = Field(
        _WALKERS, description="years; unless set, as ages are on a street"
    )
    female_share: Annotated[float, Share(ONE_A_PERSON)] = Field(
        0.5, ge=0.0, le=1.0, description="of people; the others are male"
    )
    skin_tones: Annotated[Choice, Among(SKIN_TONES, ONE_A_PERSON)] = Field(
        choice(*SKIN_TONES), description="unless set, all as likely: a data set is balanced"
    )
    hair_styles: Annotated[Choice, Among(HAIR_STYLES, ONE_A_PERSON)] | None = Field(
        None,
        description="of these; weights multiply how often people of the sex wear each; null: as on "
        "a street",
    )
    hair_colours: Annotated[Choice, Among(HAIR_COLOURS, ONE_A_PERSON)] | None = Field(
        None,
        description="of these; weights multiply how often people of the age and descent have each; "
        "null: as on a street",
    )
