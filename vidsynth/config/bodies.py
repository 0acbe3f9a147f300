"""Settings of how people are built."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from vidsynth.config.sections import Section, Span, between

SkinTone = Literal[
    "very-light-rosy", "very-light-golden", "light-rosy", "light-golden",
    "intermediate-rosy", "intermediate-golden", "tan-rosy", "tan-golden",
    "brown-rosy", "brown-golden", "dark-rosy", "dark-golden",
    "very-dark-rosy", "very-dark-golden",
]  # fmt: skip


class BodiesConfig(Section):
    """Whose bodies there are; stature, weight and muscle follow from sex and age."""

    ages: Annotated[Span, AfterValidator(between(12.0, 85.0))] = Field(
        (12.0, 85.0), description="from and to, years; drawn as ages are on a street"
    )
    female_share: float = Field(0.5, ge=0.0, le=1.0, description="of people; the others are male")
    skin_tones: tuple[SkinTone, ...] = Field(
        (), description="drawn from equally; empty: all fourteen"
    )

    @field_validator("skin_tones")
    @classmethod
    def _each_once(cls, tones: tuple[SkinTone, ...]) -> tuple[SkinTone, ...]:
        if len(set(tones)) != len(tones):
            raise ValueError("expected each skin tone once")
        return tones
