import numpy as np
import pytest
from scipy.io import loadmat

from vidsynth.errors import OutputError
from vidsynth.formats.mars import Mars, crop_file, image_name, write_info
from vidsynth.formats.queries import query_names
from vidsynth.formats.writer import CropId, Sizes, TrackletId


def row(name, label_id, camera_id, test, frames, outfit_id=1):
    """A marker's tracklet."""
    return {
        "tracklet": name,
        "label_id": label_id,
        "camera_id": camera_id,
        "split": "test" if test else "train",
        "frames": list(frames),
        "outfit_id": outfit_id,
    }


TRACKLETS = [
    row("0003C2T0001", 3, 2, True, (0, 2, 3)),
    row("0001C1T0001", 1, 1, False, (0, 1)),
    row("0003C1T0001", 3, 1, True, (0, 1)),
    row("0003C1T0002", 3, 1, True, (4,)),
    row("0000C1T0001", 0, 1, True, (0, 1)),
    row("0004C1T0001", 4, 1, True, (0, 1)),
]


def test_names_are_what_mars_readers_slice():
    name = image_name(TrackletId(12, 3, 4).name(1), 5)
    assert name == "0012C3T0004F006.jpg"
    assert (int(name[:4]), int(name[5])) == (12, 3)


def test_a_camera_takes_two_digits_where_there_are_ten():
    assert TrackletId(12, 3, 4).name(2) == "0012C03T0004"
    assert TrackletId(12, 31, 4).name(2) == "0012C31T0004"


def test_halves_are_folders_and_distractors_are_in_the_test_half():
    files = [crop_file(CropId(TrackletId(7, 1, 1), s, 0), 1) for s in ("train", "test")]
    assert [f.partition("/")[0] for f in files] == ["bbox_train", "bbox_test"]
    distractor = crop_file(CropId(TrackletId(0, 2, 3), "distractor", 9), 1)
    assert distractor == "bbox_test/0000/0000C2T0003F010.jpg"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"identities": 10_000}, "9999 identities at most, found 10000"),
        ({"distractors": 10_000}, "10000 distractors share id 0"),
        ({"cameras": 10}, "9 cameras at most, found 10"),
        ({"cameras": 100, "digits": 2}, "99 cameras at most, found 100"),
        ({"frames": 1000}, "999 frames at most, found 1000"),
    ],
)
def test_what_names_cannot_hold_is_refused_with_a_way_out(changes, said):
    fits = {"identities": 9999, "distractors": 9999, "cameras": 9, "sightings": 2, "frames": 999}
    Mars.check(Sizes(**fits))
    with pytest.raises(OutputError, match=rf"MARS names hold .*{said}.*output\.format"):
        Mars.check(Sizes(**(fits | changes)))


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
        row(f"0003C{camera}T000{number}", 3, camera, True, (0,), outfit)
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
