"""Who is filmed in which shot: people dealt out over sites and teams of cameras, round by round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vidsynth.cameras.network import Network
from vidsynth.cameras.views import until_all_film
from vidsynth.config import TrackletConfig
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


def deal(config: TrackletConfig, network: Network) -> tuple[ShotOutline, ...]:
    """Every shot's people and cameras, in order of index.

    In every round the people move on to the next site, so that two sightings never share a camera
    before all of a site's have had their turn.
    """
    return tuple(ShotOutline(index, *dealt) for index, dealt in enumerate(_deal(config, network)))


_Dealt = tuple[int, str, tuple[int, ...], tuple[int, ...], int]


def _deal(config: TrackletConfig, network: Network) -> Iterator[_Dealt]:
    """Round, site, cameras, people and wave of one shot after the other.

    People are in parties by their number; a party is at one site in a round, and there in waves.
    """
    rotation, together = network.rotation, config.cameras_per_shot
    sites = len(rotation)
    teams = {site: network.teams(site, together) for site in network.sites}
    turns = max(map(until_all_film, teams.values()))
    turns = max(1, min(turns, config.identities // (sites * config.people_per_shot)))
    parties, crowd = sites * turns, WAVE * config.people_per_shot
    everybody = np.arange(1, config.identities + config.distractors + 1)
    for round_ in range(config.sightings):
        people = everybody if round_ == 0 else everybody[: config.identities]
        for party in range(parties):
            members = people[(people - 1) % parties == party]
            rng = stream(config.seed, Purpose.ORDER, round_, party)
            site = rotation[(party + round_) % sites]
            been = sum(rotation[(party + r) % sites] == site for r in range(round_))
            # Parties that come to a site one after the other find other cameras there.
            turn = been + party // sites + party % sites
            cameras = teams[site][turn % len(teams[site])]
            for number, first in enumerate(range(0, len(members), crowd)):
                wave = rng.permutation(members[first : first + crowd])
                for half in _halves(config, wave):
                    for group in np.array_split(half, -(-len(half) // config.people_per_shot)):
                        shown = tuple(int(i) for i in group)
                        yield round_, site, cameras, shown, number * parties + party


def _halves(config: TrackletConfig, people: np.ndarray) -> list[np.ndarray]:
    """People who may be in a shot together: in whole frames, those to train on are not seen with
    those to test on."""
    if not config.whole:
        return [people]
    train = people <= config.identities - config.test_identities
    return [half for half in (people[train], people[~train]) if len(half)]
