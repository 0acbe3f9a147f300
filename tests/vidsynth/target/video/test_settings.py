import json

import numpy as np
import pytest

from tests.vidsynth.target.video.made_up import spread
from vidsynth.config import TrackletConfig
from vidsynth.errors import TargetError
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config
from vidsynth.target.statistics import Camera, Pooled, Privacy, Source, TargetStatistics
from vidsynth.target.video.network import Seen, cameras_seen, hang, write_network
from vidsynth.target.video.settings import tracklet_settings


@pytest.fixture(scope="module")
def measured():
    rng = np.random.default_rng(0)
    walks = rng.normal(1.1, 0.1, 700)
    return {
        "standing": spread("standing", np.repeat([1.0, 0.0], [200, 800])),
        "speed": spread("speed", np.concatenate([np.zeros(200), walks, np.full(100, 2.9)])),
        "gait_frequency": spread("gait_frequency", np.repeat([1.8, 2.7], [700, 100])),
        "heading": spread("heading", np.concatenate([rng.normal(0, 15, 600) % 360, [180] * 200])),
        "box_jitter": spread("box_jitter", np.full(1000, 0.21)),
        "occluded_share": spread("occluded_share", np.full(1000, 0.22)),
        "codec_period": spread("codec_period", np.repeat([0.0, 12.0], [100, 900])),
        "log_frames": spread("log_frames", np.log(np.full(1000, 30))),
    }


def test_settings_say_what_was_measured(measured):
    found = tracklet_settings(measured, fps=12.5, defensive=0)
    config = load_config(None, [f"{k}={json.dumps(v)}" for k, v in found.items()])
    assert config.motion.stand_share == pytest.approx(0.2)
    assert config.motion.run_share == pytest.approx(0.1, abs=0.02)
    assert config.boxes.jitter == pytest.approx(0.21, abs=0.02)
    assert config.crowd.occlusion == pytest.approx(0.5, abs=0.1)
    assert config.camera.codec == "h264"
    assert config.frames == pytest.approx(30, abs=8)
    assert config.fps == 12.5
    rng = np.random.default_rng(1)
    speeds = [config.motion.speed.draw(rng) for _ in range(500)]
    assert np.mean(speeds) == pytest.approx(1.1, abs=0.06)
    headings = np.array([config.motion.azimuth.draw(rng) for _ in range(500)])
    apart = np.abs((headings + 180) % 360 - 180)
    assert (apart < 60).mean() == pytest.approx(0.75, abs=0.06)


def test_a_part_of_how_people_walk_stays_broad(measured):
    found = tracklet_settings(measured, defensive=0.2)["motion"]["azimuth"]["histogram"]
    assert min(found["counts"]) == pytest.approx(0.2 / 16, abs=1e-3)


def test_people_who_are_never_cut_are_rendered_whole():
    whole = {"truncated_share": spread("truncated_share", np.zeros(100))}
    assert tracklet_settings(whole) == {"boxes": {"max_truncation": 0.05}}
    often = {"truncated_share": spread("truncated_share", np.full(100, 0.3))}
    assert tracklet_settings(often) == {}


def test_nothing_measured_is_nothing_set():
    assert tracklet_settings({}) == {}


CONFIG = TrackletConfig(sites=("plaza", "street"), cameras=4)


@pytest.mark.parametrize(
    ("depression", "height"), [(3.0, 90.0), (3.0, 220.0), (12.0, 130.0), (35.0, 220.0)]
)
def test_cameras_look_down_and_see_people_as_large_as_wanted(depression, height):
    seen = [Seen(depression, height, {})] * 4
    cameras = hang(seen, CONFIG)
    assert [camera.site for camera in cameras] == ["plaza", "plaza", "street", "street"]
    for camera in cameras:
        assert camera.depression == pytest.approx(depression, abs=0.5)
        feet, head = (np.array([*camera.look_at[:2], z]) for z in (0.05, 1.75))
        pixels, _ = camera.project(np.stack([feet, head]))
        assert abs(pixels[0, 1] - pixels[1, 1]) == pytest.approx(height, rel=0.12)
        if depression > 10:
            assert 2.2 <= camera.position[2] <= 5.5


def test_cameras_of_one_site_look_from_all_around():
    """Five cameras are three at one site and two at the other: the third has a side of its own."""
    cameras = hang([Seen(12.0, 130.0, {})] * 5, CONFIG)
    ways = [np.subtract(c.position, c.look_at)[:2] for c in cameras if c.site == "plaza"]
    turns = np.array([np.arctan2(y, x) - 0.6 for x, y in ways]) / (2 * np.pi / 3)
    assert sorted(np.round(turns) % 3) == [0, 1, 2]


def statistics(cameras: dict[str, tuple[float, float]]) -> TargetStatistics:
    def of(depression, height):
        return {
            "depression": spread("depression", np.full(50, depression), mean=depression),
            "log_height": spread("log_height", np.log(np.full(50, height))),
            "gamma": spread("gamma", np.full(50, 1.4), mean=1.4),
            "codec_period": spread("codec_period", np.full(50, 12.0)),
        }

    return TargetStatistics(
        created_with="vidsynth",
        source=Source(tracklets=100, images=800, cameras=len(cameras), layout="folder"),
        cameras=tuple(
            Camera(name=name, tracklets=50, images=400, quantities=of(*how))
            for name, how in cameras.items()
        ),
        pooled=Pooled(quantities=of(10.0, 150.0)),
        privacy=Privacy(min_tracklets_per_bin=5, min_tracklets_per_camera=30, quantised=4),
    )


def test_a_network_file_renders_with_a_camera_for_each_of_the_targets(tmp_path):
    path = tmp_path / "network.json"
    target = statistics({"1": (8.0, 120.0), "2": (25.0, 240.0)})
    assert write_network(path, target, CONFIG) == 2
    config = load_config(None, [f"camera.network={path}", "sites=[plaza,street]", "identities=4"])
    plan = TrackletPlan(config)
    plan.network.check()
    first, second = plan.cameras
    assert first.depression == pytest.approx(8, abs=0.5)
    assert second.depression == pytest.approx(25, abs=0.5)
    assert first.photometry.gamma == pytest.approx(1.4)
    assert first.photometry.codec == "h264"
    assert plan.network.teams(first.site, 2) == ((1, 2),)


def test_a_target_of_one_camera_is_seen_by_two(tmp_path):
    assert write_network(tmp_path / "network.json", statistics({"": (10.0, 200.0)}), CONFIG) == 2


def test_statistics_without_estimators_make_no_network():
    target = statistics({"1": (8.0, 120.0)})
    bare = target.model_copy(update={"cameras": (), "pooled": Pooled(quantities={})})
    with pytest.raises(TargetError, match="depression and log_height"):
        cameras_seen(bare)
