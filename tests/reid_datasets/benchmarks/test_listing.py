"""What lies beside the pictures: systems' files, copies, and names that are hard to read."""

from __future__ import annotations

import logging
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reid_datasets.benchmarks import load
from reid_datasets.benchmarks.listing import folders_in, pictures_in
from reid_datasets.damage import find_damage
from reid_datasets.errors import DatasetError

from tests.reid_datasets.folder.trees import write_tracklets, write_video

SYSTEM_FOLDERS = [
    "@eaDir", "#recycle", "#snapshot", ".AppleDouble", "__MACOSX", "$RECYCLE.BIN",
    "System Volume Information", "lost+found", ".Trash-1000", ".ipynb_checkpoints", ".git",
]  # fmt: skip
SYSTEM_FILES = ["Thumbs.db", "desktop.ini", ".DS_Store", "._0002_c1s1_000451_03.jpg", "Icon\r"]
NAMES = ("0002_c1s1_000451_03.jpg", "0002_c2s1_000451_03.jpg")


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((16, 8, 3), 90, np.uint8)).save(path, "JPEG")
    return path


@pytest.fixture
def market(tmp_path: Path) -> Path:
    root = tmp_path / "market"
    for part in ("bounding_box_train", "query", "bounding_box_test"):
        for name in NAMES:
            picture(root / part / name)
    return root


def litter(folder: Path) -> None:
    """What NAS, macOS and Windows leave in a folder."""
    for name in SYSTEM_FOLDERS:
        picture(folder / name / "0001.jpg")
        picture(folder / name / "deep" / "deeper" / "deepest" / "more" / "0001.jpg")
    for name in SYSTEM_FILES:
        (folder / name).write_bytes(b"no picture")


def test_system_files_are_passed_over(market: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = load("market1501", market)
    for folder in (market, *market.iterdir()):
        litter(folder)
    assert load("market1501", market) == before
    assert folders_in(market) == ["bounding_box_test", "bounding_box_train", "query"]
    assert "left out" not in caplog.text


def test_system_files_are_passed_over_in_a_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = write_tracklets(tmp_path, "train/anna/door/1", "query/ben/door/1", "gallery/ben/yard/1")
    before = load("folder", root)
    for folder in [tmp_path, *(p for p in tmp_path.rglob("*") if p.is_dir())]:
        litter(folder)
    assert load("folder", root) == before
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    "copy",
    [
        "{} (1).jpg", "{}(2).jpg", "{} copy.jpg", "{} copy 2.jpg", "{} - Copy.jpg",
        "{} - Copy (3).jpg", "{} - Kopie.jpg", "{}.jpg~", "{}.jpg_", "{}.jpg.1", "{}.jpg (1)",
        "{}.jpg.bak", "{}.heic", "{}.avif", "{}.webp",
    ],
)  # fmt: skip
def test_a_copy_is_left_out_aloud_and_a_lonely_one_is_an_error(
    market: Path, copy: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = load("market1501", market)
    name = copy.format(NAMES[0].removesuffix(".jpg"))
    picture(market / "query" / name)
    assert load("market1501", market) == before
    assert f"left out 1 copies of images that are there, e.g. {market / 'query' / name}" in (
        caplog.text
    )
    (market / "query" / NAMES[0]).unlink()
    with pytest.raises(DatasetError, match=r"under their own names .* found 1 "):
        load("market1501", market)


@pytest.mark.parametrize(
    "suffix", [".heic", ".avif", ".jpeg2000", ".jp2", ".jpg_", ".jfif", ".tif"]
)
def test_pictures_of_other_kinds_are_an_error(market: Path, suffix: str) -> None:
    picture(market / "query" / f"0003_c1s1_000451_03{suffix}")
    with pytest.raises(DatasetError, match=f"found 1 .*0003_c1s1_000451_03{suffix}"):
        load("market1501", market)


def test_other_files_are_no_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "1.jpg")
    for name in ("readme.txt", "list.mat", "1.json", "notes"):
        (tmp_path / name).write_text("")
    assert pictures_in(tmp_path) == ["1.jpg"]


def test_copies_in_a_folder_are_left_out_if_they_are_as_large(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = write_tracklets(tmp_path, "anna/door/1")
    before = load("folder", root)
    folder = root / "anna/door/1"
    (folder / "1 (1).jpg").write_bytes((folder / "1.jpg").read_bytes())
    assert load("folder", root) == before
    assert "left out copies of images that are there: 1" in caplog.text
    picture(folder / "2 (1).jpg").write_bytes(b"another")  # Windows numbers pictures like this
    assert len(load("folder", root).train[0].frames) == 4


@pytest.mark.parametrize("pair", [("a.jpg", "A.JPG"), ("\u00e9.jpg", "e\u0301.jpg")])
def test_names_that_are_one_to_other_systems_are_refused(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    for name in pair:
        picture(tmp_path / "anna/door/1" / name)
    with pytest.raises(DatasetError, match="differ only in capitals or in how accents"):
        pictures_in(tmp_path / "anna/door/1")
    with pytest.raises(DatasetError, match="differ only in capitals or in how accents"):
        load("folder", tmp_path)


NFC, NFD = "Ren\u00e9e", "Rene\u0301e"


def test_a_name_with_accents_is_one_person_however_it_is_written(tmp_path: Path) -> None:
    root = write_tracklets(tmp_path, f"query/{NFC}/door/1", f"gallery/{NFD}/yard/1")
    write_tracklets(root, f"gallery/{NFC}/yard/2", "gallery/mallory/yard/1")
    (root / "folder.yaml").write_text(f"distractors: ['{unicodedata.normalize('NFD', 'mallory')}']")
    split = load("folder", root)
    assert {t.person_id for t in split.query} == {t.person_id for t in split.gallery} - {0}
    assert [t.person_id for t in split.gallery].count(split.query[0].person_id) == 2


def test_a_table_finds_a_video_however_its_accents_are_written(tmp_path: Path) -> None:
    write_video(tmp_path / NFD / f"{NFD}.mp4", 6)
    (tmp_path / "tracklets.csv").write_text(
        f"video,first,last,id\n{NFC}/{NFC}.mp4,0,2,{NFC}\n{NFD}/{NFC}.mp4,3,5,{NFD}\n",
        encoding="utf-8",
    )
    train = load("folder", tmp_path).train
    assert len({t.person_id for t in train}) == 1
    assert [t.frames.read([0])[0].shape[0] for t in train] == [3, 3]


def test_names_in_an_old_code_page_work_and_can_be_printed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = os.fsdecode("Jos\u00e9".encode("latin-1"))
    root = write_tracklets(
        tmp_path, f"train/{name}/door/1", "train/ben/door/1", f"train/{name}/x/e"
    )
    write_tracklets(root, name)
    caplog.set_level(logging.INFO)
    for path in (root / "train" / name / "x/e").iterdir():
        path.unlink()
    split = load("folder", root)
    assert len({t.person_id for t in split.train}) == 2
    named = next(t for t in split.train if name in t.frames.name(0))
    assert named.frames.read([0])[0].shape == (3, 32, 16)
    victim = Path(named.frames.name(0))
    victim.write_bytes(b"spoilt")
    with pytest.raises(DatasetError) as caught:
        named.frames.read([0])
    (damage,) = find_damage([named.frames]).corrupt
    for text in (str(caught.value), damage, caplog.text):
        assert "Jos\\udce9" in text
        text.encode("utf-8")
