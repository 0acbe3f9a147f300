"""Video benchmarks in miniature: what is read from each layout, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet
from scipy.io import loadmat, savemat


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")


def frames(tracklet: Tracklet, root: Path) -> list[str]:
    return [
        str(Path(tracklet.frames.name(i)).relative_to(root)) for i in range(len(tracklet.frames))
    ]


def facts(part: tuple[Tracklet, ...]) -> list[tuple[int, int | None]]:
    return [(t.person_id, t.camera_id) for t in part]


# iLIDS-VID


@pytest.fixture
def ilids(tmp_path: Path) -> Path:
    for camera in (1, 2):
        for person in (4, 1, 9, 12):  # folders are not numbered without gaps
            folder = tmp_path / f"i-LIDS-VID/sequences/cam{camera}/person{person:03d}"
            put(folder, *(f"cam{camera}_person{person:03d}_{i:05d}.png" for i in (12, 2, 317)))
    splits = np.array([[3, 1, 2, 4]] + [[1, 2, 3, 4]] * 9)
    table = tmp_path / "train-test people splits/train_test_splits_ilidsvid.mat"
    table.parent.mkdir()
    savemat(table, {"ls_set": splits})
    return tmp_path


def test_ilids_counts_through_sorted_folders_and_tests_on_the_first_half(ilids: Path) -> None:
    split = load("ilids-vid", ilids)
    assert facts(split.query) == [(1, 1), (9, 1)]  # sorted folders 1 and 3
    assert facts(split.gallery) == [(1, 2), (9, 2)]
    assert facts(split.train) == [(4, 1), (4, 2), (12, 1), (12, 2)]
    assert [Path(f).name[-9:] for f in frames(split.train[0], ilids)] == [
        "00002.png",
        "00012.png",
        "00317.png",
    ]
    assert facts(load("ilids-vid:9", ilids).query) == [(1, 1), (4, 1)]


def test_ilids_refuses_tables_of_other_people(ilids: Path) -> None:
    shutil.rmtree(ilids / "i-LIDS-VID/sequences/cam2/person009")
    with pytest.raises(DatasetError, match=r"same people in cam1 and cam2 .*e\.g\. person009"):
        load("ilids-vid", ilids)
    shutil.rmtree(ilids / "i-LIDS-VID/sequences/cam1/person009")
    with pytest.raises(DatasetError, match="to name each of the 3 people"):
        load("ilids-vid", ilids)
    table = ilids / "train-test people splits/train_test_splits_ilidsvid.mat"
    savemat(table, {"ls_set": np.ones((2, 4))})
    with pytest.raises(DatasetError, match=r"Expected 10 rows .* shape \(2, 4\)"):
        load("ilids-vid", ilids)


def test_ilids_table_may_hold_more_than_the_splits(ilids: Path) -> None:
    before = load("ilids-vid", ilids)
    table = ilids / "train-test people splits/train_test_splits_ilidsvid.mat"
    savemat(table, {"ls_set": loadmat(table)["ls_set"], "num_trials": 10})
    assert load("ilids-vid", ilids) == before


# PRID-2011


@pytest.fixture
def prid(tmp_path: Path) -> Path:
    for camera in "ab":
        for person in (1, 2, 7, 8):
            put(
                tmp_path / f"prid_2011/multi_shot/cam_{camera}/person_{person:04d}",
                "0010.png",
                "0002.png",
                "Thumbs.db",
            )
    halves = {"train": ["person_0007", "person_0001"], "test": ["person_0002", "person_0008"]}
    (tmp_path / "splits_prid2011.json").write_text(json.dumps([halves] * 10))
    return tmp_path


def test_prid_looks_for_camera_a_in_camera_b(prid: Path) -> None:
    split = load("prid2011:4", prid)
    assert facts(split.train) == [(1, 1), (1, 2), (7, 1), (7, 2)]
    assert facts(split.query) == [(2, 1), (8, 1)]
    assert facts(split.gallery) == [(2, 2), (8, 2)]
    folder = "prid_2011/multi_shot/cam_a/person_0001"
    assert frames(split.train[0], prid) == [f"{folder}/0002.png", f"{folder}/0010.png"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "Expected a list of 10 splits"),
        ('{"train": 3}', "Expected a list of 10 splits"),
        (json.dumps([{"train": ["person_0001"], "test": ["person_0001"]}] * 10), "1 in both"),
        (json.dumps([{"train": [], "test": ["../../x_1"]}] * 10), r"found '\.\./\.\./x_1'"),
        (json.dumps([{"train": [], "test": ["person_0099"]}] * 10), "Expected a folder at"),
    ],
)
def test_prid_refuses_other_split_files(prid: Path, content: str, message: str) -> None:
    (prid / "splits_prid2011.json").write_text(content)
    with pytest.raises(DatasetError, match=message):
        load("prid2011", prid)


# CCVID and SVReID


def lists(root: Path, names: dict[str, list[str]]) -> None:
    for name, lines in names.items():
        (root / name).write_text("".join(f"{line}\n" for line in lines))
        for line in lines:
            put(root / line.split()[0], "00002.jpg", "00001.jpg")


def test_ccvid_numbers_walks_as_cameras_and_outfits_over_people(tmp_path: Path) -> None:
    lists(
        tmp_path,
        {
            "train.txt": ["session1/001_01\t001\tu0_l0"],
            "query.txt": ["session1/002_03\t002\tu0_l0", "session3/002_03\t002\tu1_l0"],
            "gallery.txt": ["session2/002_03\t002\tu0_l0"],
        },
    )
    split = load("ccvid", tmp_path)
    assert facts(split.query) == [(2, 3), (2, 15)]
    same, other = split.query
    assert facts(split.gallery) == [(2, 3)]
    assert split.gallery[0].clothes_id == same.clothes_id != other.clothes_id
    assert split.train[0].clothes_id not in {same.clothes_id, other.clothes_id}
    assert frames(split.train[0], tmp_path)[0] == "session1/001_01/00001.jpg"


def test_frames_without_leading_zeros_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    lists(tmp_path, {"train.txt": ["session1/001_01\t001\tu"], "query.txt": [], "gallery.txt": []})
    put(tmp_path / "session1/001_01", "10.jpg", "9.jpg", "100.jpg")
    (tracklet,) = load("ccvid", tmp_path).train
    names = [Path(name).name for name in frames(tracklet, tmp_path)]
    assert names[-3:] == ["9.jpg", "10.jpg", "100.jpg"]


def test_a_list_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    lists(tmp_path, {"train.txt": ["session1/001_01\t001\tu"], "query.txt": [], "gallery.txt": []})
    train = tmp_path / "train.txt"
    train.write_text(train.read_text(), encoding="utf-8-sig")
    assert facts(load("ccvid", tmp_path).train) == [(1, 1)]


def test_a_list_of_which_zeros_are_left_is_refused(tmp_path: Path) -> None:
    lists(tmp_path, {"train.txt": ["session1/001_01\t001\tu"], "query.txt": [], "gallery.txt": []})
    with (tmp_path / "train.txt").open("ab") as file:
        file.write(bytes(64))
    with pytest.raises(DatasetError, match=r"train\.txt, but it cannot be read: zero bytes from"):
        load("ccvid", tmp_path)


def test_svreid_has_the_camera_as_last_folder(tmp_path: Path) -> None:
    lists(
        tmp_path,
        {
            "train_svreid.txt": ["data/0001/nm/04 1 3"],
            "query.txt": ["data/0002/nm/00 2 1"],
            "gallery.txt": ["data/0002/nm/07 2 1"],
        },
    )
    split = load("svreid", tmp_path)
    assert facts(split.train + split.query + split.gallery) == [(1, 4), (2, 0), (2, 7)]


def test_people_who_are_counted_from_zero_are_no_distractors(tmp_path: Path) -> None:
    lists(
        tmp_path,
        {
            "train_svreid.txt": ["a/0/1 0 x", "a/5/1 5 x"],
            "query.txt": ["b/7/1 7 x"],
            "gallery.txt": ["b/7/2 7 x"],
        },
    )
    split = load("svreid", tmp_path)
    assert facts(split.train + split.query + split.gallery) == [(1, 1), (6, 1), (8, 1), (8, 2)]
    assert len({t.clothes_id for t in split.train + split.query + split.gallery}) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("session1/001_01\t001", "line 1 of .*train.txt"),
        ("session1/001_01\tnobody\tu0", "Expected a number as the person of line 1"),
        ("session9/001_01\t001\tu0", "Expected folders like session1/001_01"),
        ("../other/001_01\t001\tu0", r"Expected paths under .* found '\.\./other"),
        ("/etc/001_01\t001\tu0", "Expected paths under .* found '/etc"),
    ],
)
def test_a_list_with_another_line_is_refused(tmp_path: Path, line: str, message: str) -> None:
    good = ["session1/001_01\t001\tu0_l0"]
    lists(tmp_path, {"query.txt": good, "gallery.txt": good})
    (tmp_path / "train.txt").write_text(line + "\n")
    with pytest.raises(DatasetError, match=message):
        load("ccvid", tmp_path)


def test_a_listed_folder_without_images_is_named(tmp_path: Path) -> None:
    good = ["session1/001_01\t001\tu0_l0"]
    lists(tmp_path, dict.fromkeys(("train.txt", "query.txt", "gallery.txt"), good))
    shutil.rmtree(tmp_path / "session1/001_01")
    with pytest.raises(DatasetError, match=r"Expected a folder at .*session1/001_01"):
        load("ccvid", tmp_path)
    (tmp_path / "session1/001_01").mkdir()
    with pytest.raises(DatasetError, match=r"Expected a tracklet's images in .*001_01"):
        load("ccvid", tmp_path)


# DukeMTMC-VideoReID


def test_duke_reads_old_and_new_names_and_tracklets_that_start_late(tmp_path: Path) -> None:
    put(tmp_path / "train/0001/0003", "0001_C6_F0002_X30823.jpg", "0001_C6_F0003_X30824.jpg")
    put(tmp_path / "query/0002/0001", "0002C3F0001X00001.jpg")
    put(tmp_path / "gallery/0002/0002", "0002C4F0010X00100.jpg", "0002C4F0002X00020.jpg")
    split = load("dukemtmc-videoreid", tmp_path)
    assert facts(split.train + split.query + split.gallery) == [(1, 6), (2, 3), (2, 4)]
    assert [Path(f).name for f in frames(split.gallery[0], tmp_path)] == [
        "0002C4F0002X00020.jpg",
        "0002C4F0010X00100.jpg",
    ]
    put(tmp_path / "train/0005/0001", "0001_C6_F0001_X1.jpg")
    with pytest.raises(DatasetError, match="Expected images like 0005_C6"):
        load("dukemtmc-videoreid", tmp_path)


# LS-VID


@pytest.fixture
def ls_vid(tmp_path: Path) -> Path:
    for half, people in (("train", 2), ("test", 2)):
        lines = []
        for person in range(people):
            for track, camera in enumerate((3, 11)):
                start = f"tracklet_{half}/{person:04d}/{person:04d}_{track:02d}_{camera:02d}_0303"
                folder = tmp_path / start
                put(folder.parent, *(f"{folder.name}_{frame:04d}.jpg" for frame in (2, 1)))
                lines.append(f"{start} {person}")
        (tmp_path / "list_sequence").mkdir(exist_ok=True)
        (tmp_path / f"list_sequence/list_seq_{half}.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "test/data").mkdir(parents=True)
    with h5py.File(tmp_path / "test/data/info_test.mat", "w") as file:
        file["query"] = np.array([[1.0], [4.0]])
    return tmp_path


def test_ls_vid_takes_prefixes_and_rows_from_one(ls_vid: Path) -> None:
    split = load("ls-vid", ls_vid)
    assert [t.camera_id for t in split.train] == [3, 11, 3, 11]
    assert [t.camera_id for t in split.query] == [3, 11]
    assert [t.camera_id for t in split.gallery] == [11, 3]
    assert [Path(f).name for f in frames(split.train[1], ls_vid)] == [
        "0000_01_11_0303_0001.jpg",
        "0000_01_11_0303_0002.jpg",
    ]
    trained, tested = ({t.person_id for t in part} for part in (split.train, split.gallery))
    assert 0 not in trained | tested  # not distractors
    assert not trained & tested


def test_ls_vid_refuses_rows_beyond_its_list(ls_vid: Path) -> None:
    with h5py.File(ls_vid / "test/data/info_test.mat", "w") as file:
        file["query"] = np.array([[1.0], [5.0]])
    with pytest.raises(DatasetError, match="refers to rows of a test list that has 4"):
        load("ls-vid", ls_vid)
    savemat(ls_vid / "test/data/info_test.mat", {"rows": [1, 2]})
    with pytest.raises(DatasetError, match=r"variable `query` in .*info_test\.mat, found rows"):
        load("ls-vid", ls_vid)


def test_ls_vid_takes_rows_of_an_older_matlab(ls_vid: Path) -> None:
    savemat(ls_vid / "test/data/info_test.mat", {"query": [1, 4]})
    assert [t.camera_id for t in load("ls-vid", ls_vid).query] == [3, 11]


# All of them


@pytest.mark.parametrize(
    "name", ["ilids-vid", "prid2011", "ccvid", "svreid", "dukemtmc-videoreid", "ls-vid", "x-mars"]
)
def test_an_absent_benchmark_says_where_to_get_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match=r"found nothing there.*Where to get it: \S+"):
        load(name, tmp_path / "nowhere")


def test_every_split_trains_on_other_people_than_it_tests(ilids: Path) -> None:
    splits: list[Split] = [load(f"ilids-vid:{i}", ilids) for i in range(10)]
    for split in splits:
        assert not {t.person_id for t in split.train} & {t.person_id for t in split.query}
