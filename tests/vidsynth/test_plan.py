from collections import Counter, defaultdict

import numpy as np
import pytest

from vidsynth.cameras.views import in_view, person_boxes
from vidsynth.config import PeopleConfig, TrackletConfig
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
        assert sightings[person_id] == plan.config.sightings


def outfit(person):
    pieces = (person.upper, person.lower, person.shoes)
    return [(piece.kind, piece.colour_name, piece.pattern) for piece in pieces]


def test_people_of_the_default_config_stay_who_they_were():
    """Since draws are keyed by value: settings added later may not change anybody."""
    plan = TrackletPlan(TrackletConfig())
    one, last = plan.population.person(1), plan.population.person(125)
    assert outfit(one) == [
        ("long-sleeve", "black", "plain"),
        ("jeans", "grey", "denim"),
        ("sneakers", "navy", "plain"),
    ]
    assert (one.sex, one.hair_style, one.hair_name, one.skin_name) == (
        "male",
        "curly",
        "black",
        "intermediate-golden",
    )
    assert one.body.stature == pytest.approx(1.75154, abs=1e-5)
    assert one.gait.speed == pytest.approx(1.40901, abs=1e-5)
    assert outfit(last)[0] == ("t-shirt", "teal", "plain")
    assert last.body.stature == pytest.approx(1.76558, abs=1e-5)


def test_look_alikes_stay_in_their_half_and_the_others_stay_who_they_are(plan):
    alike = TrackletPlan(
        plan.config.model_copy(update={"people": PeopleConfig(lookalike_share=0.8)})
    )
    groups = {tuple(alike.population.group(i)) for i in alike.population.person_ids}
    assert sorted(i for group in groups for i in group) == list(alike.population.person_ids)
    assert Counter(len(group) for group in groups) == {5: 4, 1: 6}
    for group in groups:
        assert len({alike.population.split(i) for i in group}) == 1
        assert alike.population.person(group[0]) == plan.population.person(group[0])
        bodies = {alike.population.person(i).body for i in group}
        assert len(bodies) == 1
        assert [alike.population.person(i).person_id for i in group] == list(group)
    assert (
        alike.population.person(4)
        == TrackletPlan(alike.config).population.person(4)
        != plan.population.person(4)
    )


def test_whoever_looks_alike_is_somebody_else_under_another_seed(plan):
    people = PeopleConfig(lookalike_share=1.0, lookalike_size=3)
    alike = TrackletPlan(plan.config.model_copy(update={"people": people}))
    other = TrackletPlan(alike.config.model_copy(update={"seed": 1}))
    assert [len(alike.population.group(i)) for i in range(1, 25)] == [3] * 24
    assert alike.population.person(2) != other.population.person(2)
    assert plan.population.look_alike(2).regions == alike.population.look_alike(1).regions == ()
    assert alike.population.look_alike(2).regions


@pytest.fixture(scope="module")
def changing(plan):
    people = PeopleConfig(outfits=3, lookalike_share=0.5)
    return TrackletPlan(plan.config.model_copy(update={"people": people, "sightings": 6}))


def test_clothes_change_and_the_rest_of_a_person_stays(plan, changing):
    for person_id in (*range(1, 6), 15, 24):
        looks = [changing.population.person(person_id, outfit) for outfit in (1, 2, 3)]
        for one in looks:
            assert (one.person_id, one.body, one.skin, one.gait) == (
                person_id, looks[0].body, looks[0].skin, looks[0].gait
            )  # fmt: skip
            assert (one.hair_style, one.hair) == (looks[0].hair_style, looks[0].hair)
        assert len({(look.upper, look.lower, look.shoes) for look in looks}) == 3
        assert looks[1] == TrackletPlan(changing.config).population.person(person_id, 2)
    assert changing.population.person(24) == plan.population.person(24), (
        "the first outfit is the one without others"
    )


def test_look_alikes_look_alike_in_every_outfit(changing):
    for outfit_id in (1, 2, 3):
        first, *others = [
            changing.population.person(i, outfit_id) for i in changing.population.group(1)
        ]
        assert len(others) == 4
        for other in others:
            assert (other.lower, other.upper.colour) == (first.lower, first.upper.colour)


def test_a_tracklet_shows_the_outfit_it_names(changing):
    for outline in changing.outlines[::5]:
        shot = changing.shot(outline.index)
        for walker, subject in zip(shot.walkers, changing.subjects(outline.index), strict=True):
            assert walker.person == changing.population.person(subject.person_id, subject.outfit_id)
            assert subject.clothes_id == changing.population.clothes_id(
                subject.person_id, subject.outfit_id
            )


def test_clothes_ids_are_of_one_person_and_outfit(changing):
    ids = [
        changing.population.clothes_id(i, o)
        for i in changing.population.person_ids
        for o in changing.population.outfit_ids(i)
    ]
    assert len(set(ids)) == len(ids)
    assert min(ids) == 1
    assert list(changing.population.outfit_ids(25)) == [1], "a distractor is seen once"
    alone = TrackletPlan(TrackletConfig())
    assert [alone.population.clothes_id(i, 1) for i in (1, 100)] == [1, 100]


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
