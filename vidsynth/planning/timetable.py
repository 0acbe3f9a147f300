"""When each shot of a data set is filmed and under which sky, computed wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vidsynth.config import TrackletConfig
from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.drawing.even_turns import EvenTurns
from vidsynth.planning.clock import Meeting, ShotTime, Walks, schedule
from vidsynth.planning.outings import Outings
from vidsynth.seeds import Purpose, sequence, stream


@dataclass(frozen=True)
class Timetable:
    """The moments of all ``meetings``, in order of index, on ``outings``; ``metres`` between sites,
    ``speed`` of a person."""

    config: TrackletConfig
    meetings: tuple[Meeting, ...]
    metres: Callable[[str, str], float]
    speed: Callable[[int], float]
    outings: Outings

    def moment(self, index: int) -> ShotTime:
        """When shot ``index`` is filmed; of other shots, those of its wave alone are computed."""
        return self._moments(self.meetings[index].wave)[index]

    def weather(self, index: int) -> str:
        """The same in all shots of an outing; outings have the weathers in even turns."""
        turn, sequence_ = self.outings.turn(*self._outing(index))
        return self._weathers[sequence_].name(turn, self.config.weathers)

    def sky_seed(self, index: int) -> int:
        """A seed for how much of that weather there is, and where the sun stands."""
        drawn = sequence(self.config.seed, Purpose.WEATHER, 1, *self._outing(index))
        return int(drawn.generate_state(1)[0] >> 1)

    def _outing(self, index: int) -> tuple[int, int]:
        return self.meetings[index].wave, self.moment(index).outing

    @cached_property
    def _weathers(self) -> tuple[EvenTurns, EvenTurns]:
        """Of usual outings, and of those that returning people add."""
        seed = self.config.seed
        return (
            EvenTurns(WEATHERS, lambda block: stream(seed, Purpose.WEATHER, 0, block)),
            EvenTurns(WEATHERS, lambda block: stream(seed, Purpose.RETURN, 3, block)),
        )

    @cached_property
    def _hours(self) -> tuple[EvenTurns, EvenTurns]:
        seed = self.config.seed
        return (
            EvenTurns(HOURS, lambda block: stream(seed, Purpose.HOUR, block)),
            EvenTurns(HOURS, lambda block: stream(seed, Purpose.RETURN, 2, block)),
        )

    def _hour(self, wave: int, outing: int) -> str:
        turn, sequence_ = self.outings.turn(wave, outing)
        return self._hours[sequence_].name(turn, self.config.hours)

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
        metres = cache(self.metres)

        @cache
        def moments(wave: int) -> Mapping[int, ShotTime]:
            rng = stream(config.seed, Purpose.CLOCK, wave)
            seconds, breaks = config.frames / config.fps, self.outings.breaks(wave)
            walks = Walks(seconds, metres, self.speed, self._hour, breaks)
            return schedule(self._waves[wave], self._count, walks, rng)

        return moments
