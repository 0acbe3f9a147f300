"""Image benchmarks in miniature: what is read from each layout, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.benchmarks import BENCHMARKS, load
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles

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


@pytest.mark.parametrize("place", ["", "Market-1501-v15.09.15"])
def test_500k_adds_distractors_only(market: Path, place: str) -> None:
    if place:
        (market / place).mkdir()
        for folder in ("bounding_box_train", "query", "bounding_box_test"):
            (market / folder).rename(market / place / folder)
    with pytest.raises(DatasetError, match=r"\(images\).*distractors_500k\.zip"):
        load("market1501-500k", market)
    put(market / place / "images", "0001_c5s1_1.jpg", "00000002.jpg", "Thumbs.db")
    split = load("market1501-500k", market)
    assert facts(split.gallery) == [(0, 3), (3, 4), (0, None), (0, 5)]
    assert facts(load("market1501", market).gallery) == [(0, 3), (3, 4)]


def test_500k_beside_the_archives_folder(market: Path) -> None:
    (market / "Market-1501-v15.09.15").mkdir()
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        (market / folder).rename(market / "Market-1501-v15.09.15" / folder)
    put(market / "images", "0000_c5s1_1.jpg")
    assert facts(load("market1501-500k", market).gallery)[2:] == [(0, 5)]


def test_images_of_a_folder_share_its_path(market: Path) -> None:
    """Half a million entries with a path each take twice the time and memory."""
    put(market / "images", "0000_c5s1_1.jpg", "0000_c5s1_2.jpg")
    gallery = load("market1501-500k", market).gallery
    first, second = (t.frames for t in gallery[2:])
    assert isinstance(first, ImageFiles)
    assert isinstance(second, ImageFiles)
    assert first.directory is second.directory


def test_a_tree_one_folder_deeper_is_pointed_out(market: Path) -> None:
    (market / "unpacked").mkdir()
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        (market / folder).rename(market / "unpacked" / folder)
    with pytest.raises(DatasetError, match=r"seems to be at .*unpacked: point --root there"):
        load("market1501", market)


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


def test_msmt17_refuses_lists_of_the_other_half(msmt17: Path) -> None:
    """Train and test both count people from 0: swapped lists would look right."""
    (lists,) = msmt17.rglob("list_train.txt")
    lists.write_text("1041/1041_000_01_x.jpg 1041\n")
    with pytest.raises(DatasetError, match=r"people 0 to 1040.* found line 1"):
        load("msmt17", msmt17)
    lists.write_text("0003/0003_000_01_x.jpg 4\n")
    with pytest.raises(DatasetError, match="each with its own number"):
        load("msmt17", msmt17)
    lists.write_text("0003/0003_000_01_x.jpg\n")
    with pytest.raises(DatasetError, match="Expected `image person` in line 1"):
        load("msmt17", msmt17)


def test_msmt17_wants_one_version(msmt17: Path) -> None:
    for folders in (("MSMT17_V1", "train"), ("MSMT17_V2", "mask_train_v2")):
        msmt17.joinpath(*folders).mkdir(parents=True, exist_ok=True)
    with pytest.raises(DatasetError, match=r"found two: .*V1/train and .*V2/mask_train_v2"):
        load("msmt17", msmt17)


def test_msmt17_tells_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "MSMT17_V2/mask_train_v2").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"missing mask_test_v2, list_train\.txt"):
        load("msmt17", tmp_path)


# CUHK03-NP


def test_cuhk03_boxes_are_told_apart(tmp_path: Path) -> None:
    for boxes, person in (("detected", 1), ("labeled", 2)):
        for folder in ("bounding_box_train", "query", "bounding_box_test"):
            put(tmp_path / "cuhk03-np" / boxes / folder, f"{person:04d}_c2_21.png")
    assert facts(load("cuhk03-np-detected", tmp_path).train) == [(1, 2)]
    assert facts(load("cuhk03-np-labelled", tmp_path / "cuhk03-np").query) == [(2, 2)]


def test_cuhk03_wants_images_and_not_the_first_release(tmp_path: Path) -> None:
    put(tmp_path, "cuhk03_new_protocol_config_detected.mat")
    put(tmp_path / "cuhk03_release", "cuhk-03.mat")
    with pytest.raises(DatasetError, match=r"found cuhk03_release, cuhk03_new.*not cut out"):
        load("cuhk03-np-detected", tmp_path)


# All


@pytest.mark.parametrize(
    "name", [n for n, b in BENCHMARKS.items() if b.media == "image" and b.published]
)
def test_who_has_distractors(name: str) -> None:
    published = BENCHMARKS[name].published
    assert published is not None
    has = published.get("gallery", published["train"]).distractors > 0
    assert has == (name in {"market1501", "market1501-500k", "grid"})
