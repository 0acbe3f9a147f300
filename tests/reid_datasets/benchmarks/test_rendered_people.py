"""PersonX, RandPerson and UnrealPerson in miniature."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.benchmarks import load
from reid_datasets.check import check
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError

from tests.reid_datasets.benchmarks.test_video_benchmarks import facts, put


def test_personx_keeps_its_camera_numbers(tmp_path: Path) -> None:
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        put(tmp_path / "subset1" / folder, "0001_c11s1_01.jpg")
    assert facts(load("personx", tmp_path).gallery) == [(1, 11)]


@pytest.mark.parametrize("place", ["randperson_subset", "randperson_subset/randperson_subset"])
def test_randperson_cameras_restart_in_every_scene(tmp_path: Path, place: str) -> None:
    names = ("000000_s00_c00_f000264.jpg", "000000_s04_c00_f000001.jpg", "000007_s03_c01_f1.jpg")
    put(tmp_path / place, *names)
    split = load("randperson", tmp_path)
    assert facts(split.train) == [(1, 1), (1, 9), (8, 8)]
    assert split.query == split.gallery == ()
    put(tmp_path / place, "000000_s11_c00_f000264.jpg")
    with pytest.raises(DatasetError, match="s11"):
        load("randperson", tmp_path)


def test_randpersons_first_release_wrote_the_camera_first(tmp_path: Path) -> None:
    put(tmp_path / "randperson_subset", "000000_c01_s03_f000264.jpg")
    assert facts(load("randperson", tmp_path).train) == [(1, 8)]
    put(tmp_path / "randperson_subset", "000000_c01_c03_f000264.jpg")
    with pytest.raises(DatasetError, match="c01_c03"):
        load("randperson", tmp_path)


def test_randperson_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"RandPerson tree \(randperson_subset\).*an empty"):
        load("randperson", tmp_path)
    (tmp_path / "randperson_subset").mkdir()
    with pytest.raises(DatasetError, match="Expected images in"):
        load("randperson", tmp_path)


def test_a_set_without_a_test_half_is_checked_like_others(tmp_path: Path) -> None:
    put(tmp_path / "randperson_subset", "000000_s00_c00_f000264.jpg")
    report = check("randperson", tmp_path)
    assert report.counts["train"] == Counts(1, 1, 1, 1)
    assert report.counts["gallery"] == report.counts["query"] == Counts(0, 0, 0, 0)
    assert report.without_match == 0


@pytest.fixture
def unreal(tmp_path: Path) -> Path:
    put(tmp_path / "unreal_v1.1/images", "5_c002_1.jpg", "6_c2_1.jpg")
    put(tmp_path / "unreal_v2.1/images", "5_c2_9.jpg")
    put(tmp_path / "unreal_v1.2/images", "5_c2_1.jpg")
    return tmp_path


def test_unrealperson_joins_scene_and_camera_version_and_person(unreal: Path) -> None:
    split = load("unrealperson", unreal)
    assert facts(split.train) == [(1, 1), (2, 1), (3, 1), (1, 2)]
    assert split.query == split.gallery == ()


@pytest.mark.parametrize("prefix", ["", "./", "/data/unreal/"])
def test_unrealpersons_list_says_which_images_train(unreal: Path, prefix: str) -> None:
    lines = ("unreal_v2.1/images/5_c2_9.jpg 88 3 ", "unreal_v1.1/images/6_c2_1.jpg 7 0 ")
    lists = unreal / "list_unreal_train.txt"
    lists.write_text("".join(f"{prefix}{line}\n" for line in lines))
    split = load("unrealperson", unreal)
    assert facts(split.train) == [(1, 2), (2, 1)]
    assert split.train[0].frames.name(0) == str(unreal / "unreal_v2.1/images/5_c2_9.jpg")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("unreal_v4.1/images/5_c2_9.jpg 1 1", r"Expected the folder unreal_v4\.1 .* as line 1"),
        ("images/5_c2_9.jpg 1 1", "in line 1 of .* found 'images/5_c2_9"),
        ("unreal_v1.1/images/../5_c2_9.jpg 1 1", "in line 1 of"),
        ("unreal_v1.1/images/five.jpg 1 1", "named like 12_c4_100"),
        ("", "in line 1 of"),
    ],
)
def test_unrealpersons_list_is_not_trusted(unreal: Path, line: str, found: str) -> None:
    (unreal / "list_unreal_train.txt").write_text(f"{line}\n")
    with pytest.raises(DatasetError, match=found):
        load("unrealperson", unreal)


def test_unrealperson_wants_its_folders(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DatasetError, match=r"UnrealPerson tree \(unreal_v1\.1/images\)"):
            load("unrealperson", root)
    put(tmp_path / "unrealperson/unreal_v1.1/images", "5_c2_1.jpg")
    with pytest.raises(DatasetError, match="seems to be at"):
        load("unrealperson", tmp_path)
