"""Settings of who people are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vidsynth.config.sections import Section
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.markers import ONE_A_PERSON, Drawn


class PeopleConfig(Section):
    """How much people resemble each other, and themselves another day."""

    lookalike_share: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="share of identities in groups that look alike, of train and test",
    )
    lookalike_size: int = Field(5, ge=2, le=20, description="identities in such a group")

    outfits: Annotated[Distribution, Drawn(1, 50, ONE_A_PERSON, whole=True)] = Field(
        of(1), description="sets of clothes of an identity; a tracklet shows one"
    )

    def groups(self, identities: int) -> int:
        """How many whole groups of look-alikes there are among so many identities."""
        wanted = round(self.lookalike_share * identities / self.lookalike_size)
        return min(wanted, identities // self.lookalike_size)
