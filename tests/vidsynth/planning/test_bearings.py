import numpy as np
import pytest

from vidsynth.config import TrackletConfig
from vidsynth.planning.tracklets import TrackletPlan

SETTINGS = {
    "identities": 8,
    "cameras": 2,
    "cameras_per_shot": 1,
    "sites": ("plaza",),
    "frames": 12,
    "motion": {"stand_share": 0, "run_share": 0, "group_share": 0},
}


def planned(azimuth):
    motion = {**SETTINGS["motion"], "azimuth": azimuth}
    return TrackletPlan(TrackletConfig(**{**SETTINGS, "motion": motion}))


def seen_from(plan):
    """Degrees from which each walker is seen half way, by the camera of their shot."""
    found = []
    for index in range(len(plan.outlines)):
        shot = plan.shot(index)
        camera = plan.network.camera(plan.outlines[index].camera_ids[0])
        for walker in shot.walkers:
            times = (shot.frames - 1) / shot.fps / 2 + np.array([-0.3, 0.0, 0.3])
            way = np.array(walker.path)
            reached = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
            track = np.stack(
                [np.interp(walker.reached(times), reached, way[:, axis]) for axis in (0, 1)], 1
            )
            ahead, sight = track[2] - track[0], np.array(camera.position[:2]) - track[1]
            turn = np.arctan2(sight[1], sight[0]) - np.arctan2(ahead[1], ahead[0])
            found.append(np.degrees(turn) % 360)
    return np.array(found)


@pytest.mark.parametrize("azimuth", [0, 90, 180])
def test_cameras_see_people_from_where_they_are_told_to(azimuth):
    apart = np.abs((seen_from(planned(azimuth)) - azimuth + 180) % 360 - 180)
    assert len(apart) >= 16
    assert np.median(apart) < 5
    assert (apart < 30).mean() > 0.8


def test_without_it_everybody_walks_as_before():
    plain = TrackletPlan(TrackletConfig(**SETTINGS))
    assert plain.config.motion.azimuth is None
    assert np.ptp(seen_from(plain)) > 180
