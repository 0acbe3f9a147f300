from collections import Counter, defaultdict

import numpy as np
import pytest

from vidsynth.cameras.views import in_view, person_boxes
from vidsynth.config import PeopleConfig, TrackletConfig
from vidsynth.drawing.distributions import of
from vidsynth.geometry.polylines import points_at
from vidsynth.places.sites import SITES
from vidsynth.planning.routes import PERSONAL_SPACE
from vidsynth.planning.tracklets import TrackletPlan

SITE = sorted(SITES)[0]


@pytest.fixture(scope="module")
def plan():
    return TrackletPlan(TrackletConfig(identities=24, test_share=0.5))


@pytest.fixture(scope="module")
def shots(plan):
    return [plan.shot(i) for i in range(len(plan.outlines))]


def tracks(shot):
    times = np.arange(shot.frames) / shot.fps
    for walker in shot.walkers:
        yield points_at(np.array(walker.path), walker.reached(times))


def test_a_shot_is_the_same_whichever_shots_were_planned_before(plan, shots):
    last = len(shots) - 1
    assert TrackletPlan(plan.config).shot(last) == shots[last]
    assert TrackletPlan(plan.config).network.camera(3) == plan.cameras[2]


def test_another_seed_is_another_data_set_and_zero_is_a_seed(plan, shots):
    one = TrackletPlan(plan.config.model_copy(update={"seed": 1}))
    assert plan.config.seed == 0
    assert TrackletPlan(plan.config).population.person(5) == plan.population.person(5)
    assert one.population.person(5) != plan.population.person(5)
    assert one.shot(0) != shots[0]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"sites": (SITE,), "cameras": 2, "cameras_per_shot": 1},
        {"sites": (SITE,), "cameras": 5, "cameras_per_shot": 2},
        {"cameras": 9, "cameras_per_shot": 1},
        {"cameras": 2, "identities": 2},
        {"identities": 3, "people_per_shot": 1, "sightings": 5},
    ],
)
def test_every_identity_is_seen_by_two_cameras_and_each_time_anew(settings):
    plan = TrackletPlan(TrackletConfig(**{"identities": 24, **settings}))
    cameras, sightings, names = defaultdict(set), Counter(), set()
    for outline in plan.outlines:
        assert 1 <= len(outline.person_ids) <= plan.config.people_per_shot
        for subject in plan.subjects(outline.index):
            assert plan.cameras[outline.camera_ids[0] - 1].site == outline.site
            cameras[subject.person_id] |= set(outline.camera_ids)
            sightings[subject.person_id] += 1
            new = {(subject.label_id, camera, subject.number) for camera in outline.camera_ids}
            assert not new & names, "a tracklet name given twice"
            names |= new
    for person_id in range(1, plan.config.identities + 1):
        assert len(cameras[person_id]) >= 2
        assert sightings[person_id] == plan.config.sightings.constant


@pytest.fixture(scope="module")
def changing(plan):
    people = PeopleConfig(outfits=3, lookalike_share=0.5)
    return TrackletPlan(plan.config.model_copy(update={"people": people, "sightings": of(6)}))


def test_a_tracklet_shows_the_outfit_it_names(changing):
    for outline in changing.outlines[::5]:
        shot = changing.shot(outline.index)
        for walker, subject in zip(shot.walkers, changing.subjects(outline.index), strict=True):
            assert walker.person == changing.population.person(subject.person_id, subject.outfit_id)
            assert subject.clothes_id == changing.population.clothes_id(
                subject.person_id, subject.outfit_id
            )


@pytest.mark.parametrize(
    "settings",
    [
        {"outfits": 2},
        {"outfits": 2, "sightings": 4},
        {"outfits": 2, "sightings": 2, "sites": (SITE,), "cameras": 2, "cameras_per_shot": 1},
        {"outfits": 2, "sightings": 4, "sites": (SITE,), "cameras": 2, "cameras_per_shot": 1},
        {"outfits": 3, "sightings": 6, "cameras": 2},
        {"outfits": 3, "sightings": 3, "cameras": 9, "cameras_per_shot": 1},
    ],
)
def test_every_outfit_is_worn_and_can_be_searched_for_under_another_camera(settings):
    people = {"outfits": settings.pop("outfits")}
    plan = TrackletPlan(
        TrackletConfig.model_validate({"identities": 24, "people": people, **settings})
    )
    seen = defaultdict(set)
    for outline in plan.outlines:
        for subject in plan.subjects(outline.index):
            seen[subject.person_id] |= {
                (subject.outfit_id, camera) for camera in outline.camera_ids
            }
    for person_id in range(1, 25):
        outfits = {outfit for outfit, _ in seen[person_id]}
        assert outfits == set(plan.population.outfit_ids(person_id))
        for outfit in outfits:
            assert any(
                worn != outfit and camera != own
                for own in [c for o, c in seen[person_id] if o == outfit]
                for worn, camera in seen[person_id]
            )


def test_in_time_every_outfit_is_worn_at_every_site():
    sites = ("park", "plaza", "street", "mall")
    plan = TrackletPlan(TrackletConfig(sightings=8, sites=sites, people=PeopleConfig(outfits=2)))
    worn = defaultdict(set)
    for outline in plan.outlines:
        for subject in plan.subjects(outline.index):
            if subject.split != "distractor":
                worn[subject.person_id, outline.site].add(subject.outfit_id)
    assert set(map(frozenset, worn.values())) == {frozenset({1, 2})}


def test_held_out_identities_and_distractors(plan):
    splits = Counter(plan.population.split(i) for i in plan.population.person_ids)
    assert splits == {"train": 12, "test": 12, "distractor": 2}
    labels = {t.label_id for s in plan.outlines for t in plan.subjects(s.index) if t.person_id > 24}
    assert labels == {0}


def test_every_camera_is_used():
    plan = TrackletPlan(TrackletConfig(identities=48))
    assert {c for outline in plan.outlines for c in outline.camera_ids} == set(range(1, 9))


def test_walkers_are_in_view_most_of_the_time(shots):
    shares = [
        in_view(camera, person_boxes(camera, track, walker.person.body.stature), 48).mean()
        for shot in shots
        for camera in shot.cameras
        for walker, track in zip(shot.walkers, tracks(shot), strict=True)
    ]
    assert np.mean(shares) > 0.9
    assert np.quantile(shares, 0.1) > 0.5


def test_walkers_keep_their_distance(shots):
    gaps = []
    for shot in shots:
        ways = np.stack(list(tracks(shot)))
        for i in range(len(ways)):
            for j in range(i):
                gaps.append(np.linalg.norm(ways[i] - ways[j], axis=1).min())
    assert np.mean(np.array(gaps) >= PERSONAL_SPACE) > 0.95


def test_walkers_head_in_all_directions(shots):
    headings = []
    for shot in shots:
        for track in tracks(shot):
            step = track[-1] - track[0]
            headings.append(np.arctan2(step[1], step[0]))
    quarters = np.histogram(headings, bins=4, range=(-np.pi, np.pi))[0]
    assert quarters.min() > 0.1 * len(headings)


def test_long_walks_stay_in_the_walk_area():
    plan = TrackletPlan(TrackletConfig(identities=4, frames=120, fps=8))
    shot = plan.shot(0)
    x0, y0, x1, y1 = shot.place.walk_area
    for track in tracks(shot):
        assert np.hypot(*np.diff(track, axis=0).T).sum() > 10
        assert (track >= (x0 - 0.5, y0 - 0.5)).all()
        assert (track <= (x1 + 0.5, y1 + 0.5)).all()
