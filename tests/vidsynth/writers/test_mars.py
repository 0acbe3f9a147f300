import numpy as np
import pytest
from scipy.io import loadmat

from vidsynth.errors import OutputError
from vidsynth.writers.mars import (
    WrittenTracklet,
    image_name,
    query_names,
    tracklet_name,
    write_info,
)

TRACKLETS = [
    WrittenTracklet("0003C2T0001", 3, 2, True, (0, 2, 3)),
    WrittenTracklet("0001C1T0001", 1, 1, False, (0, 1)),
    WrittenTracklet("0003C1T0001", 3, 1, True, (0, 1)),
    WrittenTracklet("0003C1T0002", 3, 1, True, (4,)),
    WrittenTracklet("0000C1T0001", 0, 1, True, (0, 1)),
    WrittenTracklet("0004C1T0001", 4, 1, True, (0, 1)),
]


def test_names_are_what_mars_readers_slice():
    name = image_name(tracklet_name(12, 3, 4), 5)
    assert name == "0012C3T0004F006.jpg"
    assert (int(name[:4]), int(name[5])) == (12, 3)


def test_a_camera_takes_two_digits_where_there_are_ten():
    assert tracklet_name(12, 3, 4, digits=2) == "0012C03T0004"
    assert tracklet_name(12, 31, 4, digits=2) == "0012C31T0004"
    with pytest.raises(OutputError, match="MARS names hold camera 1 to 99, found 100"):
        tracklet_name(12, 100, 4, digits=2)


@pytest.mark.parametrize("numbers", [(10_000, 1, 1), (1, 10, 1), (1, 0, 1), (1, 1, 10_000)])
def test_what_a_name_cannot_hold_is_refused(numbers):
    with pytest.raises(OutputError, match="MARS names hold"):
        tracklet_name(*numbers)


def test_info_lists_tracklets_in_name_order_with_rows_from_one(tmp_path):
    write_info(tmp_path, TRACKLETS)
    info = tmp_path / "info"
    test = loadmat(info / "tracks_test_info.mat")["track_test_info"]
    assert test.tolist() == [[1, 2, 0, 1], [3, 4, 3, 1], [5, 5, 3, 1], [6, 8, 3, 2], [9, 10, 4, 1]]
    names = (info / "test_name.txt").read_text().split()
    assert names[5:8] == ["0003C2T0001F001.jpg", "0003C2T0001F003.jpg", "0003C2T0001F004.jpg"]
    train = loadmat(info / "tracks_train_info.mat")["track_train_info"]
    assert train.tolist() == [[1, 2, 1, 1]]


def test_queries_are_one_per_camera_of_identities_that_can_be_found_elsewhere(tmp_path):
    write_info(tmp_path, TRACKLETS)
    query = loadmat(tmp_path / "info" / "query_IDX.mat")["query_IDX"]
    assert query.tolist() == [[2, 4]]


def test_each_outfit_is_looked_for_under_each_camera():
    changed = [
        WrittenTracklet(f"0003C{camera}T000{number}", 3, camera, True, (0,), outfit)
        for number, (camera, outfit) in enumerate([(1, 1), (1, 2), (1, 2), (2, 1)], 1)
    ]
    assert query_names(changed) == {"0003C1T0001", "0003C1T0002", "0003C2T0004"}


def test_writing_again_gives_the_same_bytes(tmp_path):
    (tmp_path / "b").mkdir()
    write_info(tmp_path, TRACKLETS)
    write_info(tmp_path / "b", TRACKLETS[::-1])
    for file in (tmp_path / "info").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / "info" / file.name).read_bytes()


def test_an_empty_half_is_an_empty_table(tmp_path):
    write_info(tmp_path, [])
    assert loadmat(tmp_path / "info" / "tracks_train_info.mat")["track_train_info"].shape == (0, 4)
    assert np.size(loadmat(tmp_path / "info" / "query_IDX.mat")["query_IDX"]) == 0
