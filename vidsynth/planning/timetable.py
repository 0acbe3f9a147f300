"""When each shot of a data set is filmed and under which sky, computed wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vidsynth.config import TrackletConfig
from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.drawing.even_turns import EvenTurns
from vidsynth.planning.clock import Meeting, ShotTime, Walks, schedule
from vidsynth.seeds import Purpose, sequence, stream


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
        """The same in all shots of an outing; outings have the weathers in even turns."""
        return self._weathers.name(self._turn(*self._outing(index)), self.config.weathers)

    def sky_seed(self, index: int) -> int:
        """A seed for how much of that weather there is, and where the sun stands."""
        drawn = sequence(self.config.seed, Purpose.WEATHER, 1, *self._outing(index))
        return int(drawn.generate_state(1)[0] >> 1)

    def _outing(self, index: int) -> tuple[int, int]:
        return self.meetings[index].wave, self.moment(index).outing

    @cached_property
    def _weathers(self) -> EvenTurns:
        seed = self.config.seed
        return EvenTurns(WEATHERS, lambda block: stream(seed, Purpose.WEATHER, 0, block))

    @cached_property
    def _hours(self) -> EvenTurns:
        seed = self.config.seed
        return EvenTurns(HOURS, lambda block: stream(seed, Purpose.HOUR, block))

    def _turn(self, wave: int, outing: int) -> int:
        """The number of an outing: those of a wave follow each other."""
        return wave * (1 + len(self._breaks)) + outing

    @cached_property
    def _breaks(self) -> frozenset[int]:
        """The rounds before which people go home."""
        every = self.config.clock.walk
        return self.changes | {r for r in range(1, self.config.sightings) if r % every == 0}

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
        walks = Walks(
            config.frames / config.fps,
            cache(self.metres),
            self.speed,
            lambda wave, outing: self._hours.name(self._turn(wave, outing), config.hours),
            self._breaks,
        )

        @cache
        def moments(wave: int) -> Mapping[int, ShotTime]:
            rng = stream(config.seed, Purpose.CLOCK, wave)
            return schedule(self._waves[wave], self._count, walks, rng)

        return moments
