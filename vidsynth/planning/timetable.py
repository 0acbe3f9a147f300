"""When each shot of a data set is filmed and under which sky, computed wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vidsynth.config import TrackletConfig
from vidsynth.config.places import HOURS, WEATHERS
from vidsynth.drawing.even_turns import EvenTurns
from vidsynth.planning.clock import HOURS as CLOCK_HOURS
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

    def _dealt(self, wave: int, outing: int) -> str:
        turn, sequence_ = self.outings.turn(wave, outing)
        return self._hours[sequence_].name(turn, self.config.hours)

    def _hour(self, wave: int, outing: int) -> str:
        planned = self._days(wave)
        return planned[outing][0] if outing < len(planned) else self._dealt(wave, outing)

    def _same_day(self, wave: int, outing: int) -> bool:
        planned = self._days(wave)
        return outing < len(planned) and planned[outing][1]

    @cached_property
    def _days(self) -> Callable[[int], tuple[tuple[str, bool], ...]]:
        """The hours of a wave's outings, and whether each is on the day of the one before; none
        where every outing is another day's.

        The hours are those dealt, in order within each day. One that a day has already begins
        another day.
        """
        drawn = self.config.clock.outings_a_day

        @cache
        def days(wave: int) -> tuple[tuple[str, bool], ...]:
            if drawn.constant == 1:
                return ()
            rng, room = stream(self.config.seed, Purpose.RETURN, 4, wave), 0
            found: list[list[str]] = []
            for outing in range(1 + len(self.outings.breaks(wave))):
                hour = self._dealt(wave, outing)
                if room == 0 or hour in found[-1]:
                    found.append([])
                    room = round(drawn.draw(rng, whole=True))
                found[-1].append(hour)
                room -= 1
            return tuple(
                (hour, place > 0)
                for today in found
                for place, hour in enumerate(sorted(today, key=CLOCK_HOURS.__getitem__))
            )

        return days

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
            walks = Walks(seconds, metres, self.speed, self._hour, breaks, self._same_day)
            return schedule(self._waves[wave], self._count, walks, rng)

        return moments
