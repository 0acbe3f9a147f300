"""When people are where: nobody walks faster than they do, and the hour is what the clock says."""

import re
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from vidsynth.config import PeopleConfig, TrackletConfig, places
from vidsynth.planning.clock import DAY, HOURS, Meeting, Walks, schedule
from vidsynth.planning.tracklets import TrackletPlan


def sightings(plan):
    """Each identity's outlines, in order."""
    seen = defaultdict(list)
    for outline in plan.outlines:
        for person_id in outline.person_ids:
            seen[person_id].append(outline)
    return {
        person_id: sorted(outlines, key=lambda s: s.round) for person_id, outlines in seen.items()
    }


SETTINGS = [
    {"identities": 40},
    {"identities": 24, "sightings": 6, "clock": {"walk": 6}, "cameras": 12},
    {"identities": 12, "sightings": 3, "sites": ("plaza",), "clock": {"walk": 3}},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_nobody_is_at_the_next_camera_before_their_own_speed_takes_them_there(settings):
    plan = TrackletPlan(TrackletConfig.model_validate(settings))
    seconds = plan.config.frames / plan.config.fps
    walks = 0
    for person_id, outlines in sightings(plan).items():
        speed = plan.population.person(person_id).gait.speed
        for before, after in pairwise(outlines):
            left = plan.timetable.moment(before.index).start + seconds
            gap = plan.timetable.moment(after.index).start - left
            needed = plan.network.metres(before.site, after.site) / speed
            assert gap >= needed
            walks += gap < DAY / 4
            if gap < DAY / 4:
                assert gap < needed * 1.8 + 180, "waits for others, but not for long"
    assert walks > 0


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_hour_is_what_the_clock_says(settings):
    plan = TrackletPlan(TrackletConfig.model_validate(settings))
    for outline in plan.outlines:
        moment = plan.timetable.moment(outline.index)
        low, high = HOURS[moment.hour]
        assert low * 3600 <= moment.start % DAY <= high * 3600
        assert moment.hour in plan.config.hours.names


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_site_films_one_shot_at_a_time(settings):
    plan = TrackletPlan(TrackletConfig.model_validate(settings))
    seconds = plan.config.frames / plan.config.fps
    by_site = defaultdict(list)
    for outline in plan.outlines:
        by_site[outline.site].append(plan.timetable.moment(outline.index).start)
    for starts in by_site.values():
        assert np.diff(sorted(starts)).min() >= seconds


def test_slower_people_arrive_later():
    def reached(speed):
        walks = Walks(2.0, lambda a, b: 120.0, lambda i: speed, lambda *outing: "noon", frozenset())
        meetings = [Meeting(0, 0, "a", (1,)), Meeting(1, 1, "b", (1,))]
        moments = schedule(meetings, 1, walks, np.random.default_rng(0))
        return moments[1].start - moments[0].start

    assert reached(1.0) - reached(1.5) == pytest.approx(120 - 80, abs=0.01)


def test_a_new_walk_is_on_another_day_and_mostly_at_another_hour():
    plan = TrackletPlan(TrackletConfig.model_validate({"identities": 64, "sightings": 4}))
    other = []
    for person_id, outlines in sightings(plan).items():
        if plan.population.split(person_id) == "distractor":
            continue
        moments = [plan.timetable.moment(outline.index) for outline in outlines]
        days = [int(moment.start // DAY) for moment in moments]
        assert days[0] == days[1] < days[2] == days[3]
        assert moments[0].hour == moments[1].hour
        assert moments[2].hour == moments[3].hour
        other.append(moments[1].hour != moments[2].hour)
    assert np.mean(other) > 0.7


def test_people_who_change_clothes_went_home_before():
    config = TrackletConfig(identities=8, sightings=4, people=PeopleConfig(outfits=2))
    plan = TrackletPlan(config)
    for person_id, outlines in sightings(plan).items():
        for before, after in pairwise(outlines):
            worn = [plan.population.outfit_in(person_id, s.round) for s in (before, after)]
            if worn[0] != worn[1]:
                first, then = (plan.timetable.moment(s.index).start // DAY for s in (before, after))
                assert then > first


@pytest.mark.parametrize("hours", [("noon",), ("dawn", "noon"), ("noon", "dusk", "dawn")])
@pytest.mark.parametrize("waves", [1, 3, 4, 9])
def test_no_two_waves_share_an_hour_of_a_day(hours, waves):
    def hour(wave, outing):
        return hours[(wave + outing) % len(hours)]

    walks = Walks(2.0, lambda a, b: 50.0, lambda i: 1.3, hour, frozenset({1, 2, 3, 4}))
    taken = set()
    for wave in range(waves):
        meetings = [Meeting(r, r, "a", (1,), wave) for r in range(5)]
        moments = schedule(meetings, waves, walks, np.random.default_rng(wave))
        days = [(moments[r].start // DAY, moments[r].hour) for r in range(5)]
        assert days == sorted(days, key=lambda d: d[0])
        assert not set(days) & taken
        taken |= set(days)
    assert len(taken) == 5 * waves


FINEGPR = (
    "midnight (time period during 23:00-4:00 in 24 hours a day.), dawn (4:00-6:00), forenoon "
    "(6:00-11:00), noon (11:00-13:00), afternoon (13:00-18:00), dusk(18:00-20:00) and night "
    "(20:00-23:00)"
)
"""Xiang et al., Less is More: Learning from Synthetic Data with Fine-grained Attributes for Person
Re-Identification: the paragraph "Illumination" of the section on data; dashes made plain."""


def test_hours_last_from_and_to_when_finegprs_do():
    told = re.findall(r"(\w+) ?\([^)]*?(\d+):00-(\d+):00", FINEGPR)
    assert {name for name, *_ in told} == set(places.HOURS) == set(HOURS)
    for name, first, last in told:
        low, high = HOURS[name]
        assert (low % 24, high % 24) == (int(first), int(last))
        assert high - low == (int(last) - int(first)) % 24


@pytest.mark.parametrize("seed", range(8))
def test_no_shot_outlasts_the_hour_that_its_label_says(seed):
    """With the seconds, too, for which people wait before they are filmed."""
    walks = Walks(4.0, lambda a, b: 2.0, lambda i: 1.0, lambda *outing: "noon", frozenset())
    meetings = [Meeting(r, r, "a", (1,)) for r in range(2000)]
    first, last = (3600 * hour for hour in HOURS["noon"])
    for moment in schedule(meetings, 1, walks, np.random.default_rng(seed)).values():
        assert first <= moment.start % DAY
        assert moment.start % DAY + walks.seconds <= last


def test_midnight_lasts_into_the_next_day_and_the_hour_before_belongs_to_it():
    walks = Walks(60.0, lambda a, b: 2000.0, lambda i: 1.0, lambda *outing: "midnight", frozenset())
    meetings = [Meeting(r, r, "ab"[r % 2], (1,)) for r in range(6)]
    moments = schedule(meetings, 1, walks, np.random.default_rng(0))
    starts = [moments[r].start / 3600 for r in range(6)]
    assert 23 <= starts[0] < 25
    assert 24 < starts[-1] < 28
    assert {moment.outing for moment in moments.values()} == {0}, "midnight parts no walk"


@pytest.mark.parametrize(("gap", "same"), [(4_000.0, True), (30_000.0, False)])
def test_a_second_outing_on_a_day_waits_until_everybody_is_there(gap, same):
    hours = ("noon", "afternoon")
    walks = Walks(
        2.0, lambda a, b: gap, lambda i: 1.0, lambda _, k: hours[k], frozenset({1}), lambda *_: True
    )
    for seed in range(20):
        meetings = [Meeting(0, 0, "a", (1,), 3), Meeting(1, 1, "b", (1,), 3)]
        first, then = schedule(meetings, 5, walks, np.random.default_rng(seed)).values()
        assert (first.outing, then.outing, then.hour) == (0, 1, "afternoon")
        assert then.start - first.start > 2.0 + gap
        assert (then.start // DAY == first.start // DAY) == same
        assert 0 <= then.start % DAY - 13 * 3600 <= 5 * 3600 - 2.0


def test_every_hour_has_its_turn_and_walks_too_long_for_one_go_on_another_day():
    plan = TrackletPlan(TrackletConfig.model_validate({"identities": 200, "cameras": 4}))
    hours = {plan.timetable.moment(outline.index).hour for outline in plan.outlines}
    assert hours == set(plan.config.hours.names)
    long = TrackletPlan(TrackletConfig(identities=8, sightings=9, frames=999, fps=1, hours="dusk"))
    assert {long.timetable.moment(outline.index).hour for outline in long.outlines} == {"dusk"}
    assert len({long.timetable.moment(outline.index).start // DAY for outline in long.outlines}) > 2


def test_a_shots_time_does_not_depend_on_which_shots_were_planned_before():
    config = TrackletConfig(identities=30, sightings=3)
    one, other = TrackletPlan(config), TrackletPlan(config)
    indices = range(len(one.outlines))
    forwards = [one.timetable.moment(i) for i in indices]
    assert [other.timetable.moment(i) for i in reversed(indices)] == forwards[::-1]
    assert one.shot(3).time == forwards[3].start


@pytest.mark.parametrize(
    "settings",
    [
        {"identities": 200, "sightings": 2},
        {"identities": 32, "sightings": 6, "people": {"outfits": 2}},
        {"identities": 40, "sightings": 4, "distractor_share": 0.6, "clock": {"walk": 1}},
    ],
)
def test_weather_changes_with_an_outing_and_never_on_the_way(settings):
    plan = TrackletPlan(TrackletConfig.model_validate(settings))
    skies = defaultdict(set)
    for outline in plan.outlines:
        moment = plan.timetable.moment(outline.index)
        sky = plan.timetable.weather(outline.index), plan.timetable.sky_seed(outline.index)
        skies[outline.wave, moment.start // DAY].add(sky)
    assert all(len(found) == 1 for found in skies.values())
    weathers = [weather for ((weather, _),) in skies.values()]
    assert set(weathers) == set(plan.config.weathers.names)
    assert len({seed for ((_, seed),) in skies.values()}) == len(skies)
    together = plan.config.clock.walk > 1 and plan.config.people.outfits.constant == 1
    assert (len(skies) < len(plan.outlines)) == together


def test_a_shot_has_its_outings_sky():
    plan = TrackletPlan(
        TrackletConfig(identities=8, people_per_shot=2, sightings=2, sites=("plaza",))
    )
    first = plan.shot(0)
    same = [s.index for s in plan.outlines if s.wave == plan.outlines[0].wave]
    others = [plan.shot(index) for index in same[1:3]]
    assert others
    for shot in others:
        assert (shot.weather, shot.sky, shot.hour) == (first.weather, first.sky, first.hour)
        assert shot.seed != first.seed


def test_weather_and_hour_are_dealt_independently():
    same = {"hours": ("dawn", "noon", "dusk"), "weathers": ("sunny", "rain", "foggy")}
    plan = TrackletPlan(TrackletConfig.model_validate({"identities": 400, "cameras": 4, **same}))
    assert (
        len(
            {
                (plan.timetable.moment(s.index).hour, plan.timetable.weather(s.index))
                for s in plan.outlines
            }
        )
        > 6
    )


def test_a_way_that_takes_longer_than_the_night_begins_another_day():
    def hour(wave, outing):
        return ("midnight", "dawn")[outing % 2]

    walks = Walks(2.0, lambda a, b: 18_000.0, lambda i: 0.5, hour, frozenset({1, 2}))
    meetings = [Meeting(k, k, "ab"[k % 2], (1,)) for k in range(3)]
    for seed in range(20):
        moments = schedule(meetings, 1, walks, np.random.default_rng(seed))
        starts = [moments[k].start for k in range(3)]
        assert min(np.diff(starts)) >= 36_000
        for k, start in enumerate(starts):
            low, high = HOURS[moments[k].hour]
            assert (start / 3600 - low) % 24 <= high - low
