"""Another site, hour or weather takes shots and cameras from others, and moves nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan

SITES = ["mall", "park", "plaza"]
MORE = [*SITES, "street"]


def tracklets(**settings: Any) -> TrackletPlan:
    small = {"identities": 24, "sightings": 3, "frames": 4, "people": {"outfits": 2}}
    return TrackletPlan(TrackletConfig.model_validate(small | settings))


def takes(**settings: Any) -> dict[tuple[int, int, int], tuple[Any, ...]]:
    """What there is of each image (person, camera, number)."""
    plan = ImagePlan(ImageConfig.model_validate({"identities": 8, "sites": SITES} | settings))
    return {
        (outline.person_id, *which): (
            (shot.site, shot.hour, shot.weather),
            (take.camera, take.light, take.subjects, take.occluder),
            (shot.walkers[0].person, spot),
        )
        for outline in plan.outlines
        for shot in [plan.shot(outline.index)]
        for which, take, spot in zip(
            outline.images, shot.takes, shot.walkers[0].keyframes, strict=True
        )
    }


@pytest.mark.parametrize(
    ("setting", "before", "more", "new"),
    [
        ("hours", ["dawn", "noon"], ["dawn", "dusk", "noon"], "dusk"),
        ("weathers", ["sunny", "rain"], ["overcast", "sunny", "rain"], "overcast"),
    ],
)
def test_another_hour_or_weather_takes_walks_and_leaves_all_others_whole(
    setting: str, before: list[str], more: list[str], new: str
) -> None:
    one, other = tracklets(**{setting: before}), tracklets(**{setting: more})
    assert one.outlines == other.outlines
    assert one.cameras == other.cameras
    found = Counter()
    for outline in one.outlines:
        a, b = one.shot(outline.index), other.shot(outline.index)
        had, has = (getattr(shot, setting.removesuffix("s")) for shot in (a, b))
        found[has] += 1
        if had == has:
            assert a == b
        else:
            assert has == new
            assert [w.person for w in a.walkers] == [w.person for w in b.walkers]
            assert [w.path for w in a.walkers] == [w.path for w in b.walkers]
    assert set(found) == set(more)


def test_another_site_changes_neither_people_nor_shots_nor_their_hours_and_weathers() -> None:
    one, other = tracklets(sites=SITES, cameras=6), tracklets(sites=MORE, cameras=6)
    moved = 0
    for a, b in zip(one.outlines, other.outlines, strict=True):
        assert (a.index, a.round, a.wave, a.person_ids) == (b.index, b.round, b.wave, b.person_ids)
        assert one.subjects(a.index) == other.subjects(b.index)
        assert one.timetable.weather(a.index) == other.timetable.weather(b.index)
        assert one.timetable.moment(a.index).hour == other.timetable.moment(b.index).hour
        moved += a.site != b.site
    assert moved > 0
    assert Counter(o.site for o in other.outlines).keys() == set(MORE)


def test_another_site_takes_cameras_and_moves_no_others() -> None:
    one, other = (tracklets(sites=s, cameras=7).network for s in (SITES, MORE))
    at = [{i: n.camera(i).site for i in n.ids} for n in (one, other)]
    assert {at[1][i] for i in one.ids if at[0][i] != at[1][i]} == {"street"}
    assert Counter(at[1].values()).keys() == set(MORE)
    for camera_id in one.ids:
        a, b = one.camera(camera_id), other.camera(camera_id)
        assert a.photometry == b.photometry
        assert (a.site_at == b.site_at) == (a.site == b.site)


def test_with_cameras_for_each_site_those_of_others_stay_as_they_hang() -> None:
    one, other = (tracklets(sites=s, cameras_per_site=[1, 3]) for s in (SITES, MORE))
    assert other.cameras[: len(one.cameras)] == one.cameras
    assert {camera.site for camera in other.cameras[len(one.cameras) :]} == {"street"}


@pytest.mark.parametrize(
    ("setting", "more", "place"),
    [
        ("hours", ["dawn", "noon", "dusk"], 1),
        ("weathers", ["sunny", "rain", "foggy"], 2),
        ("sites", MORE, 0),
    ],
)
def test_another_value_leaves_other_images_whole(setting: str, more: list[str], place: int) -> None:
    usual = {"hours": more[:2], "weathers": more[:2], "sites": SITES}[setting]
    one, other = takes(**{setting: usual}), takes(**{setting: more})
    assert one.keys() == other.keys()
    changed = {which for which, take in other.items() if take != one[which]}
    assert 0 < len(changed) < 0.7 * len(one)
    assert {other[which][0][place] for which in changed} == {more[-1]}
    assert all(one[which][2][0] == other[which][2][0] for which in one), "people stay"


def test_distractors_who_are_a_wave_of_their_own_are_seen_once() -> None:
    plan = tracklets(identities=4, distractor_share=2, people_per_shot=1)
    seen = Counter(person_id for outline in plan.outlines for person_id in outline.person_ids)
    assert seen == {i: 3 if i <= 4 else 1 for i in plan.population.person_ids}
