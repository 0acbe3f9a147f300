"""Image benchmarks in miniature: what is read from each layout, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import BENCHMARKS, load
from reid_datasets.counts import count
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split
from scipy.io import savemat

from tests.reid_datasets.benchmarks.test_video_benchmarks import facts, put


@pytest.fixture
def market(tmp_path: Path) -> Path:
    put(tmp_path / "bounding_box_train", "0007_c2s1_000001_01.jpg", "0002_c1s1_000451_03.jpg")
    put(tmp_path / "query", "0003_c1s1_000001_00.jpg", "Thumbs.db", ".hidden.jpg")
    put(
        tmp_path / "bounding_box_test",
        "-1_c1s1_000401_03.jpg",
        "0000_c3s1_000001_01.jpg",
        "0003_c4s2_000002_02.jpg",
    )
    return tmp_path


def test_market_drops_junk_and_keeps_distractors(market: Path) -> None:
    split = load("market1501", market)
    assert facts(split.train) == [(2, 1), (7, 2)]
    assert facts(split.query) == [(3, 1)]
    assert facts(split.gallery) == [(0, 3), (3, 4)]
    assert all(len(t.frames) == 1 for t in split.train + split.gallery)
    assert split.query[0].frames.name(0) == str(market / "query/0003_c1s1_000001_00.jpg")


def test_the_archives_own_folder_is_looked_into(market: Path, tmp_path: Path) -> None:
    inner = tmp_path / "outer/Market-1501-v15.09.15"
    inner.mkdir(parents=True)
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        (market / folder).rename(inner / folder)
    assert len(load("market1501", tmp_path / "outer").train) == 2


def test_500k_adds_distractors_only(market: Path) -> None:
    put(market / "images", "0001_c5s1_1.jpg", "00000002.jpg")
    split = load("market1501-500k", market)
    assert facts(split.gallery) == [(0, 3), (3, 4), (0, None), (0, 5)]


def test_an_image_with_another_name_is_refused(market: Path) -> None:
    put(market / "query", "holiday.jpg")
    with pytest.raises(DatasetError, match=r"named like 0002_c1s1_000451_03\.jpg .* holiday\.jpg"):
        load("market1501", market)


def test_an_empty_folder_is_refused(market: Path) -> None:
    (market / "query/0003_c1s1_000001_00.jpg").unlink()
    with pytest.raises(DatasetError, match=r"Expected images in .*query, found none"):
        load("market1501", market)


# MSMT17


@pytest.fixture(params=["MSMT17_V1", "MSMT17_V2", ""])
def msmt17(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    tree = tmp_path / request.param
    folders = ("mask_train_v2", "mask_test_v2") if request.param[-2:] == "V2" else ("train", "test")
    for folder in folders:
        (tree / folder).mkdir(parents=True)
    names = {"train": ["0000", "0001"], "val": ["0000"], "query": ["0000"], "gallery": ["0000"]}
    for place, (part, people) in enumerate(names.items()):
        lines = [
            f"{p}/{p}_00{place}_0{place + 1}_0303morning_0008_0_ex.jpg {int(p)}" for p in people
        ]
        (tree / f"list_{part}.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_msmt17_people_of_both_halves_get_different_numbers(msmt17: Path) -> None:
    split = load("msmt17", msmt17)
    assert facts(split.train) == [(1, 1), (2, 1)]
    assert facts(split.query + split.gallery) == [(1_042, 3), (1_042, 4)]
    assert split.train[0].frames.name(0).endswith("/0000/0000_000_01_0303morning_0008_0_ex.jpg")


def test_msmt17_validation_is_added_by_name_only(msmt17: Path) -> None:
    assert facts(load("msmt17-trainval", msmt17).train) == [(1, 1), (2, 1), (1, 2)]
    assert "without validation list" in BENCHMARKS["msmt17"].title


def test_msmt17_refuses_paths_that_lead_out(msmt17: Path) -> None:
    (lists,) = msmt17.rglob("list_val.txt")
    lists.write_text("../../secret_000_01.jpg 3\n")
    with pytest.raises(DatasetError, match=r"found '\.\./\.\./secret"):
        load("msmt17-trainval", msmt17)
    lists.write_text("0000/0000_000_01_x.jpg nobody\n")
    with pytest.raises(DatasetError, match="Expected a number as the person of line 1"):
        load("msmt17-trainval", msmt17)


# GRID and VIPeR


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    people = range(1, 251)
    put(tmp_path / "underground_reid/probe", *(f"{p:04d}_{p % 3 + 1}_1_2.jpeg" for p in people))
    put(
        tmp_path / "underground_reid/gallery",
        *(f"{p:04d}_{p % 3 + 4}_1_2.jpeg" for p in people),
        *(f"0000_5_{i}_2.jpeg" for i in range(775)),
    )
    rng = np.random.default_rng(0)
    inner = np.empty((1, 10), object)
    for i in range(10):
        inner[0, i] = {"a": 0, "b": 0, "trainIdx": rng.permutation(250)[None, :125] + 1}
    savemat(tmp_path / "underground_reid/features_and_partitions.mat", {"trainIdxAll": inner})
    return tmp_path


def agree(name: str, split: Split) -> None:
    published = BENCHMARKS[name.partition(":")[0]].published
    assert published is not None
    for part, wanted in published.items():
        assert wanted.agrees(count(getattr(split, part))), (name, part)


def test_grid_has_ten_divisions_with_all_distractors(grid: Path) -> None:
    queries = set()
    for number in range(10):
        split = load(f"grid:{number}", grid)
        agree("grid", split)
        queries.add(frozenset(t.person_id for t in split.query))
        assert {t.person_id for t in split.query} == {t.person_id for t in split.gallery} - {0}
    assert len(queries) == 10


def test_grid_takes_lists_where_the_table_is_missing(grid: Path) -> None:
    table = grid / "underground_reid/features_and_partitions.mat"
    names = sorted(path.name for path in (grid / "underground_reid/probe").iterdir())
    table.unlink()
    with pytest.raises(DatasetError, match="features_and_partitions"):
        load("grid:3", grid)
    (grid / "grid-cv3-train.txt").write_text("\n".join(names[:125]))
    agree("grid:3", load("grid:3", grid))
    (grid / "grid-cv3-train.txt").write_text("\n".join(names[:100]))
    with pytest.raises(DatasetError, match=r"Expected 125 people .* found 100"):
        load("grid:3", grid)
    savemat(table, {"other": [1]})
    with pytest.raises(DatasetError, match="10 divisions as `trainIdxAll`"):
        load("grid", grid)


@pytest.fixture
def viper(tmp_path: Path) -> Path:
    for camera, angle in (("a", 0), ("b", 90)):
        folder = tmp_path / f"VIPeR/cam_{camera}"
        put(folder, *(f"{person:03d}_{angle}.bmp" for person in range(632)))
    return tmp_path


def test_viper_halves_are_the_same_everywhere(viper: Path) -> None:
    first, second = load("viper", viper), load("viper:1", viper)
    agree("viper", first)
    assert [t.person_id for t in first.query[:8]] == FIRST_QUERIES
    assert {t.person_id for t in first.query} != {t.person_id for t in second.query}
    assert not {t.person_id for t in first.train} & {t.person_id for t in first.query}
    assert min(t.person_id for t in first.train + first.query) == 1
    assert facts(first.gallery)[0] == (first.query[0].person_id, 2)


FIRST_QUERIES = [1, 3, 4, 5, 6, 7, 8, 9]


def test_viper_wants_everybody_twice(viper: Path) -> None:
    (viper / "VIPeR/cam_b/631_90.bmp").unlink()
    with pytest.raises(DatasetError, match=r"1 people in one only \(e\.g\. 631\)"):
        load("viper", viper)
    put(viper / "VIPeR/cam_a", "631_45.bmp")
    with pytest.raises(DatasetError, match="a second of 631"):
        load("viper", viper)


# Rendered people


def test_personx_keeps_its_camera_numbers(tmp_path: Path) -> None:
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        put(tmp_path / "subset1" / folder, "0001_c11s1_01.jpg")
    assert facts(load("personx", tmp_path).gallery) == [(1, 11)]


def test_randperson_cameras_restart_in_every_scene(tmp_path: Path) -> None:
    names = ("000000_s00_c00_f000264.jpg", "000000_s04_c00_f000001.jpg", "000007_s03_c01_f1.jpg")
    put(tmp_path / "randperson_subset", *names)
    split = load("randperson", tmp_path)
    assert facts(split.train) == [(1, 1), (1, 9), (8, 8)]
    assert split.query == split.gallery == ()
    put(tmp_path / "randperson_subset", "000000_s11_c00_f000264.jpg")
    with pytest.raises(DatasetError, match="s11"):
        load("randperson", tmp_path)


def test_unrealperson_joins_scene_and_camera_version_and_person(tmp_path: Path) -> None:
    put(tmp_path / "unreal_v1.1/images", "5_c2_1.jpg", "6_c2_1.jpg")
    put(tmp_path / "unreal_v2.1/images", "5_c2_9.jpg")
    put(tmp_path / "unreal_v1.2/images", "5_c2_1.jpg")
    assert facts(load("unrealperson", tmp_path).train) == [(1, 1), (2, 1), (3, 1), (1, 2)]


def test_unrealperson_wants_its_folders(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Expected folders like unreal_v"):
        load("unrealperson", tmp_path)


@pytest.mark.parametrize("name", [n for n, b in BENCHMARKS.items() if b.media == "image"])
def test_who_has_distractors(name: str) -> None:
    published = BENCHMARKS[name].published
    assert published is not None
    has = published.get("gallery", published["train"]).distractors > 0
    assert has == (name in {"market1501", "market1501-500k", "grid"})
