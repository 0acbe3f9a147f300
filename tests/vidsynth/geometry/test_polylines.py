import numpy as np

from vidsynth.geometry.polylines import lengths, points_at

CORNER = np.array([[0, 0], [3, 0], [3, 4]])


def test_distances_are_measured_along_the_path():
    assert lengths(CORNER).tolist() == [0, 3, 7]
    assert points_at(CORNER, np.array([0, 1, 3, 5])).tolist() == [[0, 0], [1, 0], [3, 0], [3, 2]]


def test_beyond_its_ends_a_path_stays_where_it_ends():
    assert points_at(CORNER, np.array([[-1.0], [9.0]])).tolist() == [[[0, 0]], [[3, 4]]]


def test_other_values_change_along_the_path_too():
    ways = np.array([[1.0], [0.0], [4.0]])
    assert points_at(CORNER, np.array([1.5, 4]), ways).tolist() == [[0.5], [1.0]]
