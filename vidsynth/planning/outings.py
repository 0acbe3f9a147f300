"""How often people are seen, in which of their clothes, and before which rounds they go home.

An outing is one stretch of the clock, at one hour and in one weather. People of a wave are out
together, so what parts one of them from one outing to the next parts all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from vidsynth.config import TrackletConfig
from vidsynth.config.population import PopulationConfig
from vidsynth.config.tables import extent
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.seeds import Purpose, stream


def count_of(config: PopulationConfig, drawable: Drawable, name: str) -> Callable[[int], int]:
    """What the setting ``name`` is for each identity: a whole number, drawn once."""
    least, most = extent(config, name)
    if least == most:
        return lambda person_id: int(least)
    return cache(lambda person_id: round(Draws(drawable, {"identity": (person_id,)})(name)))


def worn(outfits: int, round_: int) -> int:
    """Which of so many outfits, from 1, somebody wears in a round, from 0.

    Every outfit in turn, each time round beginning with another, so that in time all are worn at
    each site, however many sites there are.
    """
    shift, times = 0, round_ // outfits
    while outfits > 1 and times:  # generalised Thue-Morse: the sum of the round's digits
        times, digit = divmod(times, outfits)
        shift += digit
    return 1 + (round_ + shift) % outfits


@cache
def changes(outfits: int, rounds: int) -> frozenset[int]:
    """The rounds before which somebody with so many outfits goes home to change; when all have been
    worn too, so that no outfit has its second turn in the light of the first."""
    return frozenset(
        r
        for r in range(1, rounds)
        if outfits > 1 and (r % outfits == 0 or worn(outfits, r) != worn(outfits, r - 1))
    )


@dataclass(frozen=True)
class Outings:
    """The outings of all waves: ``waves`` are the identities of each by its number, ``outfits`` and
    ``sightings`` how many an identity has."""

    config: TrackletConfig
    waves: Mapping[int, tuple[int, ...]]
    outfits: Callable[[int], int]
    sightings: Callable[[int], int]

    def breaks(self, wave: int) -> frozenset[int]:
        """The rounds, from 1, before which the people of a wave go home."""
        clock, people = self.config.clock, self.waves[wave]
        rounds = [self.sightings(person_id) for person_id in people]
        if not rounds:
            return frozenset()
        if self.returning(wave):
            found = self._ends(wave, min(rounds))
        else:
            found = set(range(clock.walk, max(rounds), clock.walk))
        for person_id, seen in zip(people, rounds, strict=True):
            found |= changes(self.outfits(person_id), seen)
        return frozenset(found)

    def returning(self, wave: int) -> bool:
        """Whether the people of a wave are of `clock.returning_share`. A larger share has the same
        waves, and more."""
        return wave in self._returning

    def count(self, person_id: int, wave: int) -> int:
        """On how many outings an identity of a wave is seen, if no walk outlasts its hour."""
        return 1 + sum(r < self.sightings(person_id) for r in self.breaks(wave))

    def turn(self, wave: int, outing: int) -> tuple[int, int]:
        """Which turn, from 0, an outing has to draw hour and weather, and of which sequence.

        Sequence 0 has the outings that walks and clothes make: those of a wave follow each other.
        Sequence 1 has what returning people add, so that nobody else's hours and weathers change.
        """
        usual = self._usual
        if outing < usual or not self.returning(wave):
            return wave * usual + outing, 0
        return (outing - usual) * len(self._order) + self._order[wave], 1

    def _ends(self, wave: int, rounds: int) -> set[int]:
        """Rounds that part the first ``rounds`` into as many outings as a returning wave has; who
        is seen more often is so on the last."""
        drawn = self.config.clock.outings.draw(
            stream(self.config.seed, Purpose.RETURN, 1, wave), whole=True
        )
        parts = np.array_split(np.arange(rounds), round(drawn))
        return {int(part[0]) for part in parts[1:]}

    @cached_property
    def _usual(self) -> int:
        """How many turns of sequence 0 each wave has."""
        config = self.config
        rounds = int(extent(config, "sightings")[1])
        least, most = (int(bound) for bound in extent(config, "people.outfits"))
        found = set(range(config.clock.walk, rounds, config.clock.walk))
        return 1 + len(found.union(*(changes(n, rounds) for n in range(least, most + 1))))

    @cached_property
    def _order(self) -> dict[int, int]:
        """The waves in the order in which a growing share takes them, each with its place."""
        drawn = stream(self.config.seed, Purpose.RETURN, 0).permutation(1 + max(self.waves))
        return {int(wave): place for place, wave in enumerate(drawn)}

    @cached_property
    def _returning(self) -> frozenset[int]:
        sizes = np.array([len(self.waves.get(wave, ())) for wave in self._order])
        # A wave counts where more than half of its people are below the share.
        wanted = np.cumsum(sizes) - sizes / 2 < self.config.clock.returning_share * sizes.sum()
        return frozenset(np.array(list(self._order))[wanted].tolist())
