from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from vidsynth.cameras.views import ground_seen, in_view, overlap, person_boxes, teams
from vidsynth.config import TrackletConfig
from vidsynth.errors import CameraError, ConfigError
from vidsynth.places.sites import SITES
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config

NARROW = {"depression": (20, 60), "distance": (2, 8), "person_height": (200, 320)}


FOUR = ("mall", "park", "plaza", "street")


def planned(camera=None, **settings):
    settings = {"sites": FOUR} | settings
    return TrackletPlan(TrackletConfig.model_validate({"camera": camera or {}, **settings}))


def pairs(plan):
    """Share of ground in common, of each pair of cameras of a site."""
    for site in plan.network.sites:
        place, ids = plan.site(site), plan.network.ids_at(site)
        seen = {i: ground_seen(plan.network.camera(i), place) for i in ids}
        yield from (overlap(seen[a], seen[b]) for a in ids for b in ids if a < b)


def test_cameras_see_people_in_the_middle_of_their_site_at_reid_size():
    for seed in range(4):
        for camera in TrackletPlan(TrackletConfig(seed=seed, cameras=9)).cameras:
            x0, y0, x1, y1 = SITES[camera.site](np.random.default_rng(0)).walk_area
            middle = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]])
            box = person_boxes(camera, middle, 1.7)
            assert in_view(camera, box, 60)[0], (seed, camera)
            assert box[0, 3] - box[0, 1] < 420


def test_cameras_differ_in_place_and_look():
    cameras = TrackletPlan(TrackletConfig()).cameras
    assert len({camera.position for camera in cameras}) == len(cameras)
    assert len({camera.photometry for camera in cameras}) == len(cameras)


def test_looks_stay_in_the_configured_ranges():
    config = TrackletConfig.model_validate(
        {"camera": {"gamma": [1.5, 1.6], "red_bias": 0, "blue_bias": 0}}
    )
    for camera in TrackletPlan(config).cameras:
        assert 1.5 <= camera.photometry.gamma <= 1.6
        assert camera.photometry.white_balance == (1, 1, 1)


def test_a_range_may_be_a_constant():
    looks = {c.photometry for c in planned({"defocus": 2, "crf": 30, "codec": "h264"}).cameras}
    assert {(look.defocus, look.crf, look.codec) for look in looks} == {(2.0, 30, "h264")}


def test_forty_cameras_hang_at_every_site_and_can_all_be():
    plan = planned(cameras=40, identities=400)
    plan.check()
    assert [len(plan.network.ids_at(site)) for site in plan.network.sites] == [10] * 4
    everywhere = planned(cameras=40, identities=400, sites=tuple(sorted(SITES)))
    everywhere.check()
    assert len(everywhere.network.sites) == 9
    assert len({camera.position for camera in plan.cameras}) == 40
    assert {i for outline in plan.outlines for i in outline.camera_ids} == set(range(1, 41))


@pytest.mark.parametrize(
    ("camera", "low", "high"),
    [
        ({"depression": (25, 35), "distance": (3, 8), "mount_height": (3, 6)}, 25, 35),
        ({"depression": (40, 60), "distance": (2, 6), "mount_height": (4, 8)}, 40, 60),
    ],
)
def test_depression_is_as_asked_for(camera, low, high):
    for one in planned(camera, cameras=8).cameras:
        assert low - 0.1 <= one.depression <= high + 0.1
        assert camera["mount_height"][0] <= one.position[2] <= camera["mount_height"][1]


def test_masts_may_be_eight_metres_high_and_lenses_long():
    cameras = planned(
        {"mount_height": (7, 8), "focal": (35, 50)}, cameras=4, sites=("plaza", "street")
    ).cameras
    for camera in cameras:
        assert 7 <= camera.position[2] <= 8
        assert 35 <= camera.focal_px / camera.width * 36 <= 50


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"camera": {"depression": (50, 60)}}, r"Camera 2 at mall.*camera\.depression wants 50"),
        ({"camera": {"mount_height": (6, 8)}}, r"mall hang 2\.4 to 4\.2 m high, under its ceiling"),
        ({"camera": {"focal": 300}}, r"Camera 2 at mall: found no place for it"),
        ({"camera": {"views": "disjoint"}, "cameras": 40}, r"Camera \d+ at mall.*disjoint leaves"),
    ],
)
def test_what_cannot_be_placed_is_refused_by_name(settings, said):
    with pytest.raises(CameraError, match=said):
        planned(**settings).check()


def test_overlapping_cameras_of_a_site_share_ground():
    plan = planned({"views": "overlapping"}, cameras=12)
    plan.check()
    assert min(pairs(plan)) >= 0.2


def test_disjoint_cameras_of_a_site_share_none_and_film_alone():
    plan = planned({"views": "disjoint", **NARROW}, cameras=9, sites=("plaza", "street", "mall"))
    plan.check()
    assert max(pairs(plan)) == 0
    assert {len(outline.camera_ids) for outline in plan.outlines} == {1}
    shares = []
    for outline in plan.outlines[::15]:
        shot = plan.shot(outline.index)
        for walker in shot.walkers:
            box = person_boxes(shot.cameras[0], np.array(walker.path)[4:8], 1.7)
            shares.append(in_view(shot.cameras[0], box, 48).mean())
    assert np.mean(shares) > 0.7, "people walk where the one camera looks"


def views(**ranges):
    """Views of a strip of 12 points, by the range of points seen."""
    seen = {}
    for name, (first, last) in ranges.items():
        seen[int(name[1:])] = (np.arange(12) >= first) & (np.arange(12) < last)
    return seen


def test_teams_can_see_the_same_person_and_no_camera_is_left_out():
    seen = views(c1=(0, 5), c2=(3, 8), c3=(7, 12), c4=(0, 4), c9=(9, 12))
    assert teams(seen, 2) == ((1, 2), (3, 9), (1, 4))
    assert teams(seen, 1) == ((1,), (2,), (3,), (4,), (9,))
    assert teams(views(c1=(0, 9), c2=(1, 8), c3=(2, 9)), 2) == ((1, 2), (1, 3), (2, 3))


@pytest.mark.parametrize(
    "settings",
    [
        {"cameras": 40, "cameras_per_shot": 9},
        {"cameras": 40, "cameras_per_shot": 1, "identities": 3},
        {"cameras": 40, "cameras_per_shot": 3, "identities": 5, "sightings": 7},
        {"cameras": 3, "sites": ("mall",), "cameras_per_shot": 9},
        {"cameras": 2, "sites": ("plaza",), "camera": {"views": "disjoint"}},
        {"cameras": 8, "camera": {"views": "disjoint"}, "cameras_per_shot": 2},
    ],
)
def test_everybody_is_seen_by_two_cameras(settings):
    plan = TrackletPlan(TrackletConfig.model_validate({"identities": 24, **settings}))
    seen = defaultdict(set)
    for outline in plan.outlines:
        assert len(outline.camera_ids) <= plan.config.cameras_per_shot
        assert set(outline.camera_ids) <= set(plan.network.ids_at(outline.site))
        for person_id in outline.person_ids:
            seen[person_id] |= set(outline.camera_ids)
    assert all(len(seen[i]) >= 2 for i in range(1, plan.config.identities + 1))


def test_few_people_still_meet_most_cameras():
    plan = planned(cameras=12, sites=("mall", "plaza"), identities=6, cameras_per_shot=3)
    assert {i for outline in plan.outlines for i in outline.camera_ids} == set(range(1, 13))


def test_sites_lie_apart_on_the_map():
    places = list(planned({}, clock={"spacing": (100, 200)}).network.positions.values())
    gaps = [float(np.hypot(*np.subtract(a, b))) for k, a in enumerate(places) for b in places[:k]]
    assert min(gaps) >= 99
    made = planned({})
    assert all(c.site_at == made.network.positions[c.site] for c in made.cameras)


def test_each_site_draws_how_many_cameras_it_has():
    sites = ("mall", "park", "plaza", "street")
    made = planned(cameras_per_site=[1, 4], sites=sites)
    counts = {site: len(made.network.ids_at(site)) for site in sites}
    assert made.network.ids == tuple(range(1, sum(counts.values()) + 1))
    assert all(1 <= count <= 4 for count in counts.values())
    assert len(set(counts.values())) > 1
    fewer = planned(cameras_per_site=[1, 4], sites=sites[1:]).network
    assert {site: len(fewer.ids_at(site)) for site in sites[1:]} == {
        s: counts[s] for s in sites[1:]
    }
    assert {i for outline in made.outlines for i in outline.camera_ids} == set(made.network.ids)


def test_sites_have_cameras_and_shots_by_their_weights():
    sites = {"choice": ["plaza", "street"], "weights": [3, 1]}
    made = planned(sites=sites, cameras=8, identities=160)
    assert [len(made.network.ids_at(site)) for site in ("plaza", "street")] == [6, 2]
    at = Counter(outline.site for outline in made.outlines)
    assert at["plaza"] == pytest.approx(3 * at["street"], rel=0.1)
    seen = defaultdict(set)
    for outline in made.outlines:
        for person_id in outline.person_ids:
            seen[person_id] |= set(outline.camera_ids)
    assert all(len(seen[i]) > 2 for i in range(1, 161)), "nobody sees the same cameras again"


def test_cameras_have_what_their_settings_say():
    """Whole ranges, not only what a place would choose."""
    cameras = [c for seed in (1, 2) for c in planned(cameras=40, identities=400, seed=seed).cameras]
    gammas = [camera.photometry.gamma for camera in cameras]
    assert stats.kstest(gammas, stats.uniform(0.75, 0.5).cdf).pvalue > 1e-3
    heights = []
    for camera in cameras:
        reach = np.hypot(*np.subtract(camera.position[:2], camera.look_at[:2]))
        distance = np.hypot(reach, camera.position[2] - camera.look_at[2])
        heights.append(camera.focal_px * 1.7 * reach / distance**2)
    assert stats.kstest(heights, stats.uniform(130, 130).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cameras_per_site=[2,4]", "cameras=9"], "both say how many: leave one out"),
        (["cameras_per_site=[2,11]"], "8 to 44 cameras at 4 sites, expected 2 to 40"),
        (["cameras_per_site=1", "sites=plaza"], "gives 1 to 1 cameras at 1 sites"),
        (["cameras_per_site=1.5"], "expected whole numbers"),
    ],
)
def test_networks_that_cannot_be_are_refused(words, said):
    with pytest.raises(ConfigError, match=said):
        load_config(None, words)


def test_another_look_changes_only_the_cameras_that_get_it():
    one = planned({"noise": {"choice": [2, 8]}}, cameras=20).cameras
    other = planned({"noise": {"choice": [20, 8, 2]}}, cameras=20).cameras
    changed = [b for a, b in zip(one, other, strict=True) if a != b]
    assert 0 < len(changed) < 14
    assert {camera.photometry.noise for camera in changed} == {20}
    for a, b in zip(one, other, strict=True):
        assert replace(a, photometry=b.photometry) == b
