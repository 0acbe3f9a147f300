import numpy as np
import pytest

from vidsynth.target.video.runs import Runs, cut_by_frame, hidden_by_others, runs


def test_runs_are_counted_with_those_at_the_ends():
    flags = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1, 1], bool)
    assert runs(flags) == Runs(0.7, 7 / 3)
    assert runs(np.zeros(5, bool)) == Runs(0.0, 0.0)
    assert runs(np.ones(5, bool)) == Runs(1.0, 5.0)


def test_boxes_at_the_edge_of_the_frame_are_cut():
    boxes = np.array([[10, 10, 50, 100], [0, 10, 50, 100], [10, 10, 640, 100], [10, 300, 50, 479]])
    assert cut_by_frame(boxes, (640, 480)).tolist() == [False, True, True, True]


def test_who_stands_lower_in_the_picture_hides_who_is_behind():
    box = np.array([100.0, 100.0, 140.0, 200.0])
    # The middle halves are 110 to 130, and 120 to 160.
    right_half = np.array([100.0, 80.0, 180.0, 220.0])
    assert hidden_by_others(box, right_half[None]) == pytest.approx(0.5, abs=0.05)
    assert hidden_by_others(right_half, box[None]) == 0.0
    assert hidden_by_others(box, np.empty((0, 4))) == 0.0
    twice = hidden_by_others(box, np.stack([right_half, right_half]))
    assert twice == pytest.approx(0.5, abs=0.05)
    beside = np.array([131.0, 80.0, 200.0, 220.0])
    assert hidden_by_others(box, beside[None]) == 0.0
