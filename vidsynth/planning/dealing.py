"""Who is filmed in which shot: people dealt out over sites and teams of cameras, round by round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vidsynth.cameras.network import Network
from vidsynth.config import TrackletConfig
from vidsynth.config.tables import extent
from vidsynth.config.tracklets import MOST_CAMERAS
from vidsynth.planning.clock import WAVE
from vidsynth.seeds import Purpose, stream


@dataclass(frozen=True)
class ShotOutline:
    """A shot before anything in it is drawn.

    ``round`` r gives each of its people sighting number r; the people of one ``wave`` walk from
    site to site together.
    """

    index: int
    round: int
    site: str
    camera_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    wave: int


def deal(
    config: TrackletConfig, network: Network, sightings: Callable[[int], int]
) -> tuple[ShotOutline, ...]:
    """Every shot's people and cameras, in order of index; ``sightings`` is how often an identity is
    seen.

    In every round the people move on to the next site, so that two sightings never share a camera
    before all of a site's have had their turn. Sites decide where a shot is filmed, and by which
    cameras; not which shots there are, nor who is in them.
    """
    everybody = np.arange(1, config.identities + config.distractors + 1)
    waves = _waves(config, everybody)
    where = _Rounds(network, config.cameras_per_shot)
    outlines: list[ShotOutline] = []
    least, most = (int(bound) for bound in extent(config, "sightings"))
    for round_ in range(most):
        rng = stream(config.seed, Purpose.ORDER, round_)
        for wave, everyone in enumerate(waves):
            # Distractors are seen once.
            members = everyone if round_ == 0 else everyone[everyone <= config.identities]
            members = rng.permutation(members)
            if round_ >= least:
                members = np.array([i for i in members if sightings(int(i)) > round_], int)
            site, cameras = where.of(wave, round_)
            for half in _halves(config, members):
                for group in np.array_split(half, -(-len(half) // config.people_per_shot)):
                    shown = tuple(int(i) for i in group)
                    outlines.append(ShotOutline(len(outlines), round_, site, cameras, shown, wave))
    return tuple(outlines)


def _waves(config: TrackletConfig, people: np.ndarray) -> list[np.ndarray]:
    """The people of each wave. In small sets a shot's worth of people is a wave, so that they come
    to all sites and cameras; in large ones three are."""
    shots = -(-len(people) // config.people_per_shot)
    waves = max(min(shots, MOST_CAMERAS), -(-shots // WAVE))
    wave = (people - 1) % shots % waves
    order = np.argsort(wave, kind="stable")
    return np.split(people[order], np.cumsum(np.bincount(wave))[:-1])


@dataclass(frozen=True)
class _Rounds:
    """Where waves are in each round, and which cameras, ``together`` at most, film them there."""

    network: Network
    together: int

    def of(self, wave: int, round_: int) -> tuple[str, tuple[int, ...]]:
        """Site and cameras."""
        rotation = self.network.rotation
        sites = len(rotation)
        site = rotation[(wave + round_) % sites]
        been = sum(rotation[(wave + r) % sites] == site for r in range(round_))
        # Waves that come to a site one after the other find other cameras there.
        turn = been + wave // sites + wave % sites
        teams = self._teams[site]
        return site, teams[turn % len(teams)]

    @cached_property
    def _teams(self) -> dict[str, tuple[tuple[int, ...], ...]]:
        return {site: self.network.teams(site, self.together) for site in self.network.sites}


def _halves(config: TrackletConfig, people: np.ndarray) -> list[np.ndarray]:
    """People who may be in a shot together: in whole frames, those to train on are not seen with
    those to test on."""
    train = people <= config.identities - config.test_identities
    halves = (people[train], people[~train]) if config.whole else (people,)
    return [half for half in halves if len(half)]
