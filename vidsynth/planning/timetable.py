"""When each shot of a data set is filmed and under which sky, computed wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vidsynth.config import TrackletConfig
from vidsynth.planning.clock import Meeting, ShotTime, Walks, schedule
from vidsynth.seeds import Purpose, sequence, stream

CYCLE = 200
"""Turns at most that hours and weathers are dealt in, by their weights, before they repeat."""


@dataclass(frozen=True)
class Timetable:
    """The moments of all ``meetings``, in order of index; ``metres`` between sites, ``speed`` of a
    person, and ``changes``, the rounds in which people wear something else than in the one before.
    """

    config: TrackletConfig
    meetings: tuple[Meeting, ...]
    metres: Callable[[str, str], float]
    speed: Callable[[int], float]
    changes: frozenset[int]

    def moment(self, index: int) -> ShotTime:
        """When shot ``index`` is filmed; of other shots, those of its wave alone are computed."""
        return self._moments(self.meetings[index].wave)[index]

    def weather(self, index: int) -> str:
        """The same in all shots of an outing; outings are dealt the weathers in turn, shuffled anew
        for each round of turns, so that none is left out while there are outings enough."""
        weathers, (wave, outing) = self._weathers, self._outing(index)
        block, turn = divmod(wave + outing * self._count, len(weathers))
        order = stream(self.config.seed, Purpose.WEATHER, 0, block).permutation(len(weathers))
        return weathers[order[turn]]

    def sky_seed(self, index: int) -> int:
        """A seed for how much of that weather there is, and where the sun stands."""
        drawn = sequence(self.config.seed, Purpose.WEATHER, 1, *self._outing(index))
        return int(drawn.generate_state(1)[0] >> 1)

    def _outing(self, index: int) -> tuple[int, int]:
        return self.meetings[index].wave, self.moment(index).outing

    @cached_property
    def _weathers(self) -> tuple[str, ...]:
        return self.config.weathers.cycle(CYCLE)

    @cached_property
    def _count(self) -> int:
        return 1 + max(self._waves)

    @cached_property
    def _waves(self) -> dict[int, list[Meeting]]:
        waves: dict[int, list[Meeting]] = {}
        for meeting in self.meetings:
            waves.setdefault(meeting.wave, []).append(meeting)
        return waves

    @cached_property
    def _moments(self) -> Callable[[int], Mapping[int, ShotTime]]:
        config = self.config
        home = {r for r in range(1, config.sightings) if r % config.clock.walk == 0}
        walks = Walks(
            config.frames / config.fps,
            cache(self.metres),
            self.speed,
            config.hours.cycle(CYCLE),
            self.changes | home,
        )

        @cache
        def moments(wave: int) -> Mapping[int, ShotTime]:
            rng = stream(config.seed, Purpose.CLOCK, wave)
            return schedule(self._waves[wave], self._count, walks, rng)

        return moments
