"""Who is seen again in other light, at which sites and in which clothes, and what that leaves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.errors import ConfigError
from vidsynth.planning.clock import DAY, HOURS
from vidsynth.planning.dealing import ShotOutline
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.outings import changes, worn
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config, load_image_config

OUTDOORS = ["park", "plaza", "street", "rural"]


@dataclass(frozen=True)
class Seen:
    """One sighting of an identity."""

    outline: ShotOutline
    start: float
    light: tuple[str, str]
    outfit: int

    @property
    def day(self) -> int:
        return int(self.start // DAY)


def planned(**settings: Any) -> TrackletPlan:
    usual = {"frames": 4} if "tables" in settings else {"frames": 4, "sightings": 2}
    return TrackletPlan(TrackletConfig.model_validate(usual | settings))


def seen(plan: TrackletPlan) -> dict[int, list[Seen]]:
    """Every identity's sightings, in order of time."""
    found: dict[int, list[Seen]] = defaultdict(list)
    for outline in plan.outlines:
        moment = plan.timetable.moment(outline.index)
        light = moment.hour, plan.timetable.weather(outline.index)
        for subject in plan.subjects(outline.index):
            if subject.split != "distractor":
                found[subject.person_id].append(
                    Seen(outline, moment.start, light, subject.outfit_id)
                )
    return {i: sorted(each, key=lambda s: s.start) for i, each in found.items()}


def days(each: list[Seen]) -> int:
    return len({sighting.day for sighting in each})


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_share_of_identities_is_seen_under_two_outdoor_lights(share: float) -> None:
    plan = planned(identities=120, sites=OUTDOORS, clock={"returning_share": share})
    people = seen(plan)
    assert np.mean([days(each) > 1 for each in people.values()]) == pytest.approx(share, abs=0.03)
    lights = [len({sighting.light for sighting in each}) for each in people.values()]
    # A light drawn anew may be the same: of 42 one.
    assert np.mean(np.array(lights) > 1) == pytest.approx(share, abs=0.06)
    assert {len(each) for each in people.values()} == {2}, "nobody is seen more often"


def test_outings_are_as_many_as_asked_and_share_out_the_sightings() -> None:
    clock = {"returning_share": 0.5, "outings": 3, "walk": 5}
    people = seen(planned(identities=80, sightings=5, clock=clock))
    assert set(Counter(days(each) for each in people.values())) == {1, 3}
    for each in people.values():
        if days(each) == 3:
            assert sorted(Counter(s.day for s in each).values()) == [1, 2, 2]
    drawn = planned(
        identities=80, sightings=5, clock=clock | {"outings": [2, 5], "returning_share": 1}
    )
    assert {days(each) for each in seen(drawn).values()} == {2, 3, 4, 5}


def test_a_larger_share_keeps_who_returned_and_leaves_the_others_whole() -> None:
    plans = [
        planned(identities=40, people={"lookalike_share": 0.4}, clock={"returning_share": share})
        for share in (0, 0.3, 0.6)
    ]
    none, some, more = (
        {wave for wave in plan.outings.waves if plan.outings.returning(wave)} for plan in plans
    )
    assert none < some < more
    usual, returning, _ = plans
    assert returning.outlines == usual.outlines
    assert returning.cameras == usual.cameras
    moved = 0
    for outline in usual.outlines:
        a, b = usual.shot(outline.index), returning.shot(outline.index)
        if outline.wave in some and outline.round > 0:
            moved += 1
            assert b.time // DAY > a.time // DAY
            assert (b.walkers, b.seed, b.takes) == (a.walkers, a.seed, a.takes)
        else:
            assert a == b, "to the last pixel"
    assert moved > 0


def test_times_of_outings_are_days_apart_and_those_within_one_a_walk() -> None:
    clock = {"returning_share": 0.5, "outings": 2, "walk": 4}
    plan = planned(identities=60, sightings=4, clock=clock)
    seconds = plan.config.frames / plan.config.fps
    within, between = [], []
    for person_id, each in seen(plan).items():
        speed = plan.population.person(person_id).gait.speed
        for before, after in pairwise(each):
            gap = after.start - before.start - seconds
            if before.day == after.day:
                way = plan.network.metres(before.outline.site, after.outline.site)
                assert gap >= way / speed
                assert before.light == after.light
                within.append(gap)
            else:
                between.append(gap)
            low, high = HOURS[after.light[0]]
            assert low * 3600 <= after.start % DAY <= high * 3600
    assert between
    # A histogram of transition times has the ways between cameras in its first hours.
    assert max(within) < 3600 < DAY / 4 < min(between)


def test_no_two_outings_are_on_one_day_and_each_has_a_light_of_its_own() -> None:
    plan = planned(identities=200, sites=OUTDOORS, clock={"returning_share": 0.6})
    of_day: dict[int, set[tuple[int, int, str, str]]] = defaultdict(set)
    for outline in plan.outlines:
        moment = plan.timetable.moment(outline.index)
        sky = plan.timetable.weather(outline.index), moment.hour
        of_day[int(moment.start // DAY)].add((outline.wave, moment.outing, *sky))
    assert all(len(outings) == 1 for outings in of_day.values())
    second = Counter(hour for ((_, outing, _, hour),) in of_day.values() if outing)
    assert set(second) == set(plan.config.hours.names)
    assert max(second.values()) < 3 * min(second.values()), "hours take even turns there, too"


def test_outings_may_be_on_one_day_at_different_hours_in_the_order_of_the_clock() -> None:
    hours = ["dawn", "noon", "afternoon", "dusk", "night", "midnight"]
    clock = {"returning_share": 1, "outings": 4, "outings_a_day": [1, 3]}
    plan = planned(identities=120, sites=OUTDOORS, sightings=4, clock=clock, hours=hours)
    seconds, counts = plan.config.frames / plan.config.fps, Counter[int]()
    for person_id, each in seen(plan).items():
        assert [s.outline.round for s in each] == [0, 1, 2, 3]
        speed = plan.population.person(person_id).gait.speed
        lights = defaultdict(list)
        for sighting in each:
            (low, _) = HOURS[sighting.light[0]]
            # Who is out past 24 o'clock is so on the day on which that outing began.
            begun = int((sighting.start - 3600 * low) // DAY)
            lights[begun].append(sighting.light[0])
        for of_day in lights.values():
            assert of_day == sorted(set(of_day), key=lambda hour: HOURS[hour])
            counts[len(of_day)] += 1
        for before, after in pairwise(each):
            way = plan.network.metres(before.outline.site, after.outline.site)
            assert after.start - before.start - seconds >= way / speed
    assert set(counts) == {1, 2, 3}
    assert min(counts[2], counts[3]) > 0.1 * counts.total()


def test_hours_and_weathers_are_dealt_as_often_however_many_outings_a_day_has() -> None:
    def lights(outings_a_day: Any) -> list[Counter[str]]:
        clock = {"walk": 1, "outings_a_day": outings_a_day}
        plan = planned(identities=80, sites=OUTDOORS, sightings=4, clock=clock)
        moments = [plan.timetable.moment(o.index) for o in plan.outlines]
        weathers = Counter(plan.timetable.weather(o.index) for o in plan.outlines)
        return [Counter(moment.hour for moment in moments), weathers]

    # A day that is too short for its last outing changes nothing: that is at its hour another day.
    assert lights(1) == lights(4)


def test_a_day_has_one_outing_unless_asked_for() -> None:
    clock = {"walk": 1}
    usual, often = (
        planned(identities=30, sightings=3, clock=clock | more)
        for more in ({}, {"outings_a_day": 3})
    )
    assert all(days(each) == 3 for each in seen(usual).values())
    assert all(days(each) < 3 for each in seen(often).values())
    for outline in usual.outlines:
        a, b = usual.shot(outline.index), often.shot(outline.index)
        assert (a.walkers, a.weather, a.sky_seed) == (b.walkers, b.weather, b.sky_seed)


def test_people_see_more_sites_and_cameras_with_more_sightings() -> None:
    sites = ["garage", "mall", "office", "park", "plaza", "rural", "station", "street"]
    plan = planned(identities=40, cameras=24, sites=sites, sightings=6)
    for each in seen(plan).values():
        assert len({s.outline.site for s in each}) == 6
        assert len({c for s in each for c in s.outline.camera_ids}) >= 6


def test_sightings_and_outfits_are_drawn_for_each_identity_and_stay() -> None:
    plan = planned(identities=200, sightings=[3, 6], people={"outfits": [1, 3]})
    people = seen(plan)
    often = Counter(len(each) for each in people.values())
    clothes = Counter(len({s.outfit for s in each}) for each in people.values())
    assert set(often) == {3, 4, 5, 6}
    assert set(clothes) == {1, 2, 3}
    assert all(count > 30 for count in (*often.values(), *clothes.values()))
    for person_id, each in people.items():
        assert len(each) == plan.sightings(person_id)
        assert {s.outfit for s in each} == set(plan.population.outfit_ids(person_id))
    more = planned(identities=200, sightings=[3, 6], people={"outfits": 3})
    names = [
        (subject.label_id, camera, subject.number)
        for outline in plan.outlines
        for subject in plan.subjects(outline.index)
        for camera in outline.camera_ids
    ]
    assert len(set(names)) == len(names), "a tracklet name given twice"
    assert all(more.sightings(i) == plan.sightings(i) for i in people)
    assert all(more.population.person(i, 1) == plan.population.person(i, 1) for i in (1, 7, 200))
    rounds = [[(o.round, o.site, o.person_ids) for o in p.outlines] for p in (plan, more)]
    assert rounds[0] == rounds[1]


ROWS = [[2, 2], [4, 2], [6, 3], [12, 9]]


def test_sightings_and_outfits_come_out_of_one_row() -> None:
    columns = ["sightings", "people.outfits"]
    plan = planned(
        identities=60,
        people={"lookalike_share": 0.2},
        tables={"wardrobes": {"columns": columns, "rows": ROWS, "weights": [4, 3, 2, 1]}},
    )
    found = Counter(
        (len(each), len({sighting.outfit for sighting in each})) for each in seen(plan).values()
    )
    assert set(found) == set(map(tuple, ROWS))
    assert found[2, 2] > found[12, 9]
    ids = [
        plan.population.clothes_id(i, outfit)
        for i in plan.population.person_ids
        for outfit in plan.population.outfit_ids(i)
    ]
    assert len(set(ids)) == len(ids)
    again = TrackletConfig.model_validate(plan.config.model_dump(mode="json"))
    assert again == plan.config


@pytest.mark.parametrize("cameras_per_shot", [1, 2])
@pytest.mark.parametrize("outfits", [2, 3, [2, 4]])
def test_every_outfit_is_seen_under_several_cameras_and_lights(
    outfits: Any, cameras_per_shot: int
) -> None:
    # Long walks: without clothes to change everybody would be seen on one outing.
    plan = planned(
        identities=60,
        sites=OUTDOORS,
        sightings=8,
        cameras=12,
        cameras_per_shot=cameras_per_shot,
        people={"outfits": outfits},
        clock={"walk": 8},
    )
    same = 0
    for each in seen(plan).values():
        for outfit in {sighting.outfit for sighting in each}:
            times = [sighting for sighting in each if sighting.outfit == outfit]
            assert len({c for sighting in times for c in sighting.outline.camera_ids}) > 1
            assert days(times) > 1
            same += len({sighting.light for sighting in times}) == 1
    assert same < 10


def test_clothes_change_at_home_alone() -> None:
    for each in seen(planned(identities=40, sightings=7, people={"outfits": [1, 5]})).values():
        assert all(a.outfit == b.outfit for a, b in pairwise(each) if a.day == b.day)


def test_an_outfit_has_each_turn_in_a_light_of_its_own() -> None:
    for outfits in range(2, 9):
        rounds = [worn(outfits, r) for r in range(40)]
        for first in range(0, 40 - outfits, outfits):
            assert set(rounds[first : first + outfits]) == set(range(1, outfits + 1))
        home = sorted(changes(outfits, 40))
        for start, end in pairwise([0, *home, 40]):
            assert len(set(rounds[start:end])) == 1
            assert start // outfits == (end - 1) // outfits
    assert not changes(1, 40)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["sightings=2", "clock.returning_share=1", "clock.outings=3"],
            "clock.outings is up to 3 but sightings 2 for some: .* raise sightings to 3",
        ),
        (
            ["clock.returning_share=0.3", "sightings=[3,6]"],
            "share is 0.3, but sightings are 6 and clock.walk 2: .* set clock.walk=6",
        ),
        (
            ["sightings=2", "clock.returning_share=0.3", "people.outfits=[1,2]"],
            "share is 0.3, but people change clothes .* or make it 1",
        ),
        (["clock.returning_share=1.2"], "clock.returning_share: .* less than or equal to 1"),
        (["clock.outings=1"], "clock.outings: expected values from 2 to 50, found 1"),
        (["clock.outings=[2,2.5]"], "clock.outings: expected whole numbers"),
        (["sightings=1"], "sightings: expected values from 2 to 50, found 1"),
        (["people.outfits=1.5"], "people.outfits: expected whole numbers"),
        (["people.outfits=[1,4]"], "outfits is 4 for some but sightings only 3: .* one table"),
        (
            ["tables.w={columns: [sightings, people.outfits], rows: [[2,1],[3,4]]}"],
            "tables.w, row 2: people.outfits is 4 but sightings only 3",
        ),
        (["tables.w={columns: [sightings], rows: [[60]]}"], "row 1: expected values from 2 to 50"),
        (["tables.w={columns: [clock.outings], rows: [[2]]}"], "clock.outings, which no row can"),
    ],
)
def test_what_cannot_be_seen_again_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(None, words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["people.outfits=6"], "up to 6, but cameras_per_identity only 5"),
        (["people.outfits=[1,7]", "grid.views=4", "hours=noon", "weathers=[sunny,rain]",
          "sites=[plaza,mall,park]"], "up to 7, but the scenes of the grid only 6"),
        (["people.outfits=3", "grid.views=4", "grid.sites=dealt", "hours=noon",
          "weathers=[sunny,rain]"], "up to 3, but the scenes of the grid only 2"),
    ],
)  # fmt: skip
def test_outfits_of_which_there_would_be_no_image_are_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_image_config(None, words)


def test_images_show_as_many_outfits_as_their_identity_has() -> None:
    plan = ImagePlan(
        ImageConfig.model_validate(
            {"identities": 60, "cameras_per_identity": 4, "people": {"outfits": [1, 3]}}
        )
    )
    shown = defaultdict(set)
    for outline in plan.outlines:
        shown[outline.person_id].add(plan.population.outfit_at(outline.person_id, outline.outfit))
    for person_id in range(1, 61):
        assert shown[person_id] == set(plan.population.outfit_ids(person_id))
    assert {len(shown[person_id]) for person_id in range(1, 61)} == {1, 2, 3}
