"""When each shot of a data set is filmed, computed wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vidsynth.clock import Meeting, Moment, Walks, schedule
from vidsynth.config import TrackletConfig
from vidsynth.seeds import Purpose, stream


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

    def moment(self, index: int) -> Moment:
        """When shot ``index`` is filmed; of other shots, those of its wave alone are computed."""
        return self._moments(self.meetings[index].wave)[index]

    @cached_property
    def _waves(self) -> dict[int, list[Meeting]]:
        waves: dict[int, list[Meeting]] = {}
        for meeting in self.meetings:
            waves.setdefault(meeting.wave, []).append(meeting)
        return waves

    @cached_property
    def _moments(self) -> Callable[[int], Mapping[int, Moment]]:
        config = self.config
        home = {r for r in range(1, config.sightings) if r % config.clock.walk == 0}
        walks = Walks(
            config.frames / config.fps,
            cache(self.metres),
            self.speed,
            config.hours,
            self.changes | home,
        )

        @cache
        def moments(wave: int) -> Mapping[int, Moment]:
            rng = stream(config.seed, Purpose.CLOCK, wave)
            return schedule(self._waves[wave], 1 + max(self._waves), walks, rng)

        return moments
