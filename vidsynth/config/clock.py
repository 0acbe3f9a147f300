"""Settings of when people pass which site, and how far apart sites lie."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import Drawn


class ClockConfig(Section):
    """One clock for the whole data set; people need time to get from one site to the next."""

    walk: int = Field(
        2, ge=1, le=50, description="sightings of a person on one outing; the next is another walk"
    )
    returning_share: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="share of identities seen on several outings, whatever clock.walk says; each "
        "is at its own hour and in its own weather",
    )
    outings: Annotated[Distribution, Drawn(2, 50, whole=True)] = Field(
        of(2), description="outings of those identities, over which their sightings are shared out"
    )
    outings_a_day: Annotated[Distribution, Drawn(1, 7, whole=True)] = Field(
        of(1),
        description="outings on one day, at different hours, while hours and sightings last, drawn "
        "for those who walk together; 1: each outing is another day's",
    )
    spacing: Annotated[Distribution, Drawn(30, 5000)] = Field(
        of([80, 300]), description="from a site to the next one on the map, metres"
    )
    detour: float = Field(
        1.25, ge=1.0, le=3.0, description="way walked between sites, per straight line"
    )
