import numpy as np
import pytest

from tests.vidsynth.target.video.stick_figure import crops
from vidsynth.target.video.gait import UNKNOWN, phase_coverage, reduced, steps
from vidsynth.target.video.speed import speed_of


@pytest.mark.parametrize("frequency", [1.5, 1.9, 2.6])
def test_steps_are_counted_in_spite_of_jumping_boxes_and_passing_ground(frequency):
    pictures, _ = crops(frequency, fps=12, frames=40, seed=int(10 * frequency))
    found = steps(reduced(pictures), np.arange(40), 12)
    assert found.accepted
    assert found.frequency == pytest.approx(frequency, abs=0.08)
    assert found.stands is False


def test_frames_that_are_missing_do_not_matter():
    pictures, _ = crops(1.9, fps=12, frames=48)
    there = np.setdiff1d(np.arange(48), [5, 6, 20, 33, 34])
    found = steps(reduced([pictures[k] for k in there]), there, 12)
    assert found.frequency == pytest.approx(1.9, abs=0.08)


def test_who_stands_takes_no_steps():
    pictures, _ = crops(0, fps=12, frames=40, jitter=0.05)
    found = steps(reduced(pictures), np.arange(40), 12)
    assert found.stands
    assert not found.accepted


@pytest.mark.parametrize(("fps", "frames"), [(12, 8), (1.0, 40)], ids=["short", "sparse"])
def test_too_few_frames_say_nothing(fps, frames):
    pictures, _ = crops(1.9, fps=fps, frames=frames)
    found = steps(reduced(pictures), np.arange(frames), fps)
    assert found.stands is None
    assert np.isnan(found.frequency) == np.isnan(UNKNOWN.frequency)
    assert not found.accepted


def test_cadence_and_speed_are_those_of_captured_walks():
    # CMU 02_01 and 02_02: 1.18 m/s at 109 steps a minute, 1.63 m/s at 123.
    assert speed_of(109 / 60) == pytest.approx(1.18, rel=0.06)
    assert speed_of(123 / 60) == pytest.approx(1.63, rel=0.08)


def test_phase_coverage_counts_eighths_of_a_stride():
    assert phase_coverage(np.arange(0, 1, 0.01)) == 1
    assert phase_coverage(np.array([0.05, 1.06, 2.07, 0.3])) == 2 / 8
