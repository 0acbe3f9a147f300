"""Settings of when people pass which site, and how far apart sites lie."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from vidsynth.config.sections import Section, Span, between


class ClockConfig(Section):
    """One clock for the whole data set; people need time to get from one site to the next."""

    walk: int = Field(
        2, ge=1, le=50, description="sightings of a person in one walk; the next is another day's"
    )
    spacing: Annotated[Span, AfterValidator(between(30.0, 5000.0))] = Field(
        (80.0, 300.0), description="from a site to the next one on the map, metres"
    )
    detour: float = Field(
        1.25, ge=1.0, le=3.0, description="way walked between sites, per straight line"
    )
