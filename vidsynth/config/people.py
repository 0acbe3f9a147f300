"""Settings of who people are."""

from __future__ import annotations

from pydantic import Field

from vidsynth.config.sections import Section


class PeopleConfig(Section):
    """How much people resemble each other, and themselves another day."""

    lookalike_share: float = Field(
        0.0, ge=0.0, le=1.0, description="identities in groups that look alike, of train and test"
    )
    lookalike_size: int = Field(5, ge=2, le=20, description="identities in such a group")

    outfits: int = Field(
        1, ge=1, le=20, description="sets of clothes of each identity; a tracklet shows one"
    )

    def groups(self, identities: int) -> int:
        """How many whole groups of look-alikes there are among so many identities."""
        wanted = round(self.lookalike_share * identities / self.lookalike_size)
        return min(wanted, identities // self.lookalike_size)
