from collections import Counter

import numpy as np
import pytest

from vidsynth.cameras.views import person_boxes
from vidsynth.config import CrowdConfig, MotionConfig, TrackletConfig
from vidsynth.geometry.polylines import points_at
from vidsynth.motion.groups import draw_parties
from vidsynth.people.sampling import sample_person
from vidsynth.planning.routes import _overlaps
from vidsynth.planning.tracklets import TrackletPlan

ALONE = MotionConfig(run_share=0, stand_share=0, group_share=0)


def plan(**settings):
    return TrackletPlan(
        TrackletConfig(**{"identities": 24, "sites": ("plaza",), "cameras": 2, **settings})
    )


def tracks(shot, people):
    times = np.arange(0, (shot.frames - 1) / shot.fps, 0.04)
    return np.stack([points_at(np.array(w.path), w.reached(times)) for w in people])


def nearest(all_):
    gaps = np.linalg.norm(all_[:, None] - all_, axis=3)
    return gaps[~np.eye(len(all_), dtype=bool)].min()


@pytest.mark.parametrize("motion", [MotionConfig(), MotionConfig(group_share=1, run_share=0.3)])
def test_fifteen_people_keep_half_a_metre_apart_at_any_time(motion):
    shot = plan(people_per_shot=15, motion=motion).shot(0)
    assert len(shot.walkers) > 10
    assert nearest(tracks(shot, shot.walkers)) > 0.5


def test_groups_keep_together_at_one_pace():
    shot = plan(people_per_shot=8, motion=MotionConfig(group_share=1, stand_share=0)).shot(0)
    sizes = Counter(walker.party for walker in shot.walkers if walker.party)
    assert sizes
    assert set(sizes.values()) <= {2, 3, 4}
    for party in sizes:
        members = [walker for walker in shot.walkers if walker.party == party]
        assert len({(walker.manner, walker.pace) for walker in members}) == 1
        apart = tracks(shot, members)
        assert np.linalg.norm(apart - apart[:1], axis=2).max() < 2.0


def test_shares_say_how_many_run_stand_and_go_in_groups():
    people = [sample_person(np.random.default_rng(k), k + 1) for k in range(600)]
    shares = MotionConfig(run_share=0.2, stand_share=0.3, group_share=0.4)
    parties = draw_parties(np.random.default_rng(0), people, shares)
    assert sorted(k for party in parties for k in party.members) == list(range(600))
    count = Counter()
    for party in parties:
        count[party.manner] += len(party.members)
        count["together"] += len(party.members) * (len(party.members) > 1)
    assert 0.12 < count["run"] / 600 < 0.25
    assert 0.23 < count["stand"] / 600 < 0.37
    assert 0.32 < count["together"] / 600 < 0.48
    alone = draw_parties(np.random.default_rng(0), people, ALONE)
    assert {(len(p.members), p.manner, p.pace) for p in alone} == {(1, "walk", None)}


def test_some_bystanders_stand_about_and_walkers_do_not_notice():
    """None, all, or as many as of everybody."""

    def standing(share):
        shots = [plan(crowd=CrowdConfig(density=8, standing=share)).shot(k) for k in range(2)]
        crowd = [walker for shot in shots for walker in shot.bystanders]
        return np.mean([walker.manner == "stand" for walker in crowd]), shots[0].walkers

    assert standing(0.0)[0] == 0 < standing(0.5)[0] < standing(1.0)[0] == 1
    assert standing(0.5)[1] == standing(None)[1]


def test_bystanders_come_with_density_and_leave_the_walkers_alone():
    few, many = (plan(crowd=CrowdConfig(density=d)).shot(0) for d in (2, 8))
    assert not plan().shot(0).bystanders
    assert 0 < len(few.bystanders) < len(many.bystanders)
    assert few.walkers == many.walkers == plan().shot(0).walkers
    assert nearest(tracks(many, many.walkers + many.bystanders)) > 0.5
    ids = [walker.person.person_id for walker in many.bystanders]
    assert min(ids) > max(plan().population.person_ids)
    assert len(set(ids)) == len(ids)
    assert plan(crowd=CrowdConfig(density=8)).shot(0) == many


def test_occlusion_leads_people_in_front_of_one_another():
    hidden = []
    for occlusion in (0.0, 1.0):
        made = plan(motion=ALONE, crowd=CrowdConfig(occlusion=occlusion))
        shares = []
        for shot in map(made.shot, range(8)):
            boxes = [
                np.stack([person_boxes(c, t, w.person.body.stature) for c in shot.cameras])
                for w, t in zip(shot.walkers, tracks(shot, shot.walkers), strict=True)
            ]
            shares += [_overlaps(b, boxes[:k] + boxes[k + 1 :]).mean() for k, b in enumerate(boxes)]
        hidden.append(np.mean(shares))
    assert hidden[0] < 0.2
    assert hidden[0] + 0.2 < hidden[1]


def test_shares_that_exceed_one_are_refused():
    with pytest.raises(ValueError, match="add up to 1"):
        MotionConfig(run_share=0.6, stand_share=0.6)
