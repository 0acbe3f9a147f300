import numpy as np
import pytest

from tests.vidsynth.target.video.stick_figure import crops
from vidsynth.target.crops import Crop, TargetTracklet
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.video.course import apart
from vidsynth.target.video.tracklet import Estimated, measure_tracklet, stretch

FPS = 12.0


def tracklet(frequency=1.9, frames=40, boxed=True, **more):
    pictures, boxes = crops(frequency, FPS, frames, seed=3)
    return TargetTracklet(
        camera="1",
        crops=tuple(Crop.of(picture) for picture in pictures),
        length=frames,
        numbers=tuple(range(100, 100 + frames)),
        boxes=boxes if boxed else None,
        frame_size=(3200, 240) if boxed else None,
        **more,
    )


def test_everything_that_is_measured_is_a_quantity():
    estimated = Estimated(
        np.arange(4),
        {
            "azimuth": np.array([265.0, 275.0, 280.0, 90.0]),
            "truncation": np.array([0.0, 0.3, 0.4, 0.0]),
            "occlusion": np.zeros(4),
        },
    )
    found = measure_tracklet(tracklet(fps=FPS, frames=60), estimated=estimated)
    assert found.keys() <= QUANTITIES.keys()
    assert {n for n, q in QUANTITIES.items() if q.per == "tracklet"} - found.keys() == {
        "occluded_run",
        "truncated_run",
    }


def test_boxes_and_steps_of_a_walk_to_the_right():
    found = measure_tracklet(tracklet(), fps=FPS)
    assert found["gait_frequency"] == pytest.approx(1.9, abs=0.08)
    assert found["speed"] == pytest.approx(1.34, abs=0.1)
    assert found["standing"] == 0
    assert found["across_rate"] > 0.5
    # To the right of the picture they show their right side.
    assert apart(found["heading"], 270) < 35
    assert found["box_jitter"] == pytest.approx(0.1, abs=0.04)
    assert found["truncated_share"] == 0
    assert found["log_frames"] == pytest.approx(np.log(40))


def test_boxes_of_nearer_people_and_the_videos_own_word_count():
    hidden = np.zeros(40)
    hidden[10:18] = 0.5
    found = measure_tracklet(tracklet(fps=FPS, hidden=hidden, gop=25.0))
    assert found["occluded_share"] == pytest.approx(0.2)
    assert found["occluded_run"] == pytest.approx(np.log(8))
    assert found["codec_period"] == 25
    assert measure_tracklet(tracklet(gop=np.inf))["codec_period"] == 64


def test_who_stands_has_no_speed_and_no_heading():
    found = measure_tracklet(tracklet(0), fps=FPS)
    assert found["standing"] == 1
    assert found["speed"] == 0
    assert "heading" not in found
    assert "gait_frequency" not in found


def test_the_nets_azimuth_counts_where_boxes_do_not_tell():
    net = Estimated(np.arange(3), {"azimuth": np.array([20.0, 30.0, 200.0])})
    assert measure_tracklet(tracklet(0), fps=FPS, estimated=net)["heading"] == 30
    assert apart(measure_tracklet(tracklet(), fps=FPS, estimated=net)["heading"], 270) < 35
    assert measure_tracklet(tracklet(boxed=False), estimated=net)["heading"] == 30


def test_crops_alone_say_less():
    found = measure_tracklet(tracklet(boxed=False))
    assert found.keys() == {"log_frames", "box_jitter"}
    # That blocks have no period takes a while to tell.
    assert measure_tracklet(tracklet(boxed=False, frames=60))["codec_period"] == 0
    with_rate = measure_tracklet(tracklet(boxed=False), fps=FPS)
    assert {"gait_frequency", "approach_rate", "fps"} <= with_rate.keys()


def test_resized_crops_say_neither_jitter_nor_approach():
    whole = tracklet(boxed=False)
    cut = tuple(Crop.of(np.ascontiguousarray(crop.pixels[:100, :50])) for crop in whole.crops)
    resized = TargetTracklet("1", cut, 40, numbers=whole.numbers)
    assert not {"box_jitter", "approach_rate"} & measure_tracklet(resized, fps=FPS).keys()
    assert measure_tracklet(resized).keys() == {"log_frames"}


def test_the_frames_looked_at_are_the_middle_of_the_longest_run():
    assert stretch(np.arange(40)) == slice(0, 40)
    assert stretch(np.arange(300), 100) == slice(100, 200)
    holes = np.concatenate([np.arange(10), np.arange(50, 90)])
    assert stretch(holes) == slice(10, 50)
    assert stretch(np.arange(0, 200, 10)) == slice(0, 20)
